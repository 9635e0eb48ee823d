import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { ownSession } from "./ownSession.ts";

/** Ends all of the caller's sessions but the one that asks. Returns how many there were. */
export async function endOtherSessions({ ctx }: { ctx: ServiceContext }): Promise<{ ended: number }> {
  const caller = authorise(ctx, "ownAccount");
  const { personId, sessionId } = ownSession(ctx);
  return ctx.db.$transaction(async (tx) => {
    const { count } = await tx.session.deleteMany({ where: { userId: personId, id: { not: sessionId } } });
    if (count === 0) return { ended: 0 };
    await audit(tx, { by: caller, action: "session.endOthers", entity: "session", detail: { ended: count } });
    await notifyChange(tx, "person", personId);
    return { ended: count };
  });
}
