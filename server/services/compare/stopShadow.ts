import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { findShadow } from "../../db/shadowRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { authoriseShadow } from "./authoriseShadow.ts";

/** Ends a shadow before its time; what was counted stays. One that has ended already is no error. */
export async function stopShadow({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  authoriseSomewhere(ctx, "tryPolicy");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const shadow = await findShadow(tx, id);
    if (!shadow) throw new AppError("NOT_FOUND", "there is no such comparison; only the latest ones are kept");
    const caller = await authoriseShadow(tx, ctx, shadow);
    const now = new Date(ctx.ports.nowMs());
    const { count } = await tx.shadow.updateMany({ where: { id, stoppedAt: null, endsAt: { gt: now } }, data: { stoppedAt: now } });
    if (count === 0) return { id };
    await audit(tx, { by: caller, action: "shadow.stop", entity: "shadow", entityId: id, entityName: shadow.title });
    await notifyChange(tx, "shadow", id);
    return { id };
  });
}
