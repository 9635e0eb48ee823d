import { configHash } from "#domain/fleet/configHash.ts";
import { GROUPS_MAX } from "#domain/fleet/membership.ts";
import { audit } from "../../db/audit.ts";
import { findGroup, newestRevisions } from "../../db/groupRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { assembleNext } from "../apply/assembleNext.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { refuseArchivedParts } from "./refuseArchivedParts.ts";

/** Brings an archived group back, with the collectors that it selects and what it ran. CONFLICT while a document of that is archived. */
export async function restoreGroup({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "editFleet");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const group = await findGroup(tx, id);
    if (!group) throw new AppError("NOT_FOUND", `there is no group with the id ${id}`);
    if (group.archivedAtMs === null) return { id };
    if ((await tx.collectorGroup.count({ where: { archivedAt: null } })) >= GROUPS_MAX)
      throw new AppError("TOO_MANY", `there may be at most ${GROUPS_MAX} groups; archive one that is not needed`);
    const newest = (await newestRevisions(tx)).get(id);
    if (newest) {
      await refuseArchivedParts(tx, group.name, newest);
      // What is archived keeps the hash of its time; this version may know more settings.
      const hash = configHash(await assembleNext(tx, newest, ctx.ports.seal));
      await tx.revision.update({ where: { number: newest.number }, data: { hash } });
    }
    await tx.collectorGroup.update({ where: { id }, data: { archivedAt: null } });
    const change = { entityName: group.name, before: { archived: true }, after: { archived: false } };
    await audit(tx, { by: caller, action: "group.restore", entity: "group", entityId: id, ...change });
    await notifyChange(tx, "group", id);
    return { id };
  });
}
