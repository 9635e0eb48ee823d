import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { readTargets } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { authoriseIn, authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

/** The collector runs its group's newest revision again, before the time was over. */
export async function endOverride({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  authoriseSomewhere(ctx, "editFleet");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const target = (await readTargets(tx, ctx.ports.nowMs(), [id])).get(id);
    if (!target) throw new AppError("NOT_FOUND", "there is no such collector");
    const caller = authoriseIn(ctx, "editFleet", target.group);
    const override = await tx.collectorOverride.findUnique({ where: { collectorId: id }, include: { collector: { select: { name: true } } } });
    const ended = await tx.collectorOverride.deleteMany({ where: { collectorId: id, expiresAt: { gt: new Date(ctx.ports.nowMs()) } } });
    if (ended.count === 0 || !override) throw new AppError("NOT_FOUND", "there is no such collector, or nothing overrides what it runs any more");
    const change = { before: { revision: override.revision }, detail: { reason: override.reason, by: override.authorName } };
    await audit(tx, { by: caller, action: "collector.endOverride", entity: "collector", entityId: id, entityName: override.collector.name, ...change });
    await notifyChange(tx, "collector", id);
    await notifyChange(tx, "group");
    return { id };
  });
}
