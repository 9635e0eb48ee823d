import { GROUPS_MAX } from "#domain/fleet/membership.ts";
import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { isUniqueViolation } from "../../errors/databaseErrors.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise } from "../authorise.ts";
import type { Call, ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { askAboutSelector } from "./askAboutSelector.ts";
import { type CreateGroupInput, createGroupSchema, GROUPS_EVER_MAX } from "./groupInput.ts";

/** A new group. Until something is applied to it, its collectors run what the default group runs. */
export async function createGroup({ ctx, input: untrusted }: Call<CreateGroupInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "editFleet");
  const { confirmed, ...input } = parseInput(createGroupSchema, untrusted);
  try {
    return await ctx.db.$transaction(async (tx) => {
      await lockRevisions(tx);
      if ((await tx.collectorGroup.count({ where: { archivedAt: null } })) >= GROUPS_MAX)
        throw new AppError("TOO_MANY", `there may be at most ${GROUPS_MAX} groups; archive one that is not needed`);
      if ((await tx.collectorGroup.count()) >= GROUPS_EVER_MAX)
        throw new AppError("TOO_MANY", `there may be at most ${GROUPS_EVER_MAX} groups, archived ones included; restore and rename one`);
      if (!confirmed) await askAboutSelector(tx, input.selector);
      const { id } = await tx.collectorGroup.create({ data: { ...input, createdAt: new Date(ctx.ports.nowMs()) } });
      await audit(tx, { by: caller, action: "group.create", entity: "group", entityId: id, entityName: input.name, after: input });
      await notifyChange(tx, "group", id);
      return { id };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw await groupNameTaken(ctx, input.name);
    throw error;
  }
}

/** `name` belongs to another group, which may be an archived one. */
export async function groupNameTaken(ctx: ServiceContext, name: string): Promise<AppError> {
  const other = await ctx.db.collectorGroup.findUnique({ where: { name }, select: { archivedAt: true } });
  const where = other?.archivedAt ? " among the archived ones; rename that one first, or restore it" : "";
  const problem = { path: "name", message: `there is already a group named ${JSON.stringify(name)}${where}` };
  return new AppError("INVALID", `${problem.path}: ${problem.message}`, { problems: [problem] });
}
