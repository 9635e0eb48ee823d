import { audit } from "../../db/audit.ts";
import { findGroup } from "../../db/groupRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { refuseDuringRollout } from "../rollouts/refuseDuringRollout.ts";

/** The group selects no collector any more: each goes to the next group that selects it, at last the default one. Its history stays. */
export async function archiveGroup({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "editFleet");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const group = await findGroup(tx, id);
    if (!group) throw new AppError("NOT_FOUND", `there is no group with the id ${id}`);
    if (group.isDefault) throw new AppError("CONFLICT", `${group.name} has the collectors that no other group selects: it can't be archived`);
    if (group.archivedAtMs !== null) return { id };
    await refuseDuringRollout(tx, group);
    await tx.collectorGroup.update({ where: { id }, data: { archivedAt: new Date(ctx.ports.nowMs()) } });
    const change = { entityName: group.name, before: { archived: false }, after: { archived: true } };
    await audit(tx, { by: caller, action: "group.archive", entity: "group", entityId: id, ...change });
    await notifyChange(tx, "group", id);
    return { id };
  });
}
