import { agentInWords } from "#domain/auth/agentInWords.ts";
import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { ownSession } from "./ownSession.ts";

/** Ends one of the caller's own sessions, on every replica within a moment; its next call is answered UNAUTHENTICATED. */
export async function endSession({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "ownAccount");
  const { personId } = ownSession(ctx);
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const session = await tx.session.findFirst({ where: { id, userId: personId } });
    const ended = await tx.session.deleteMany({ where: { id, userId: personId } });
    if (ended.count === 0 || !session) throw new AppError("NOT_FOUND", "there is no such session of yours; it may have ended already");
    const before = { signedInAt: session.createdAt.toISOString() };
    await audit(tx, { by: caller, action: "session.end", entity: "session", entityId: id, entityName: agentInWords(session.userAgent), before });
    await notifyChange(tx, "person", personId);
    return { id };
  });
}
