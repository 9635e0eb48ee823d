import { audit } from "../../db/audit.ts";
import type { Group } from "../../db/groupRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { isUniqueViolation } from "../../errors/databaseErrors.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise, authoriseIn, authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { askAboutSelector } from "./askAboutSelector.ts";
import { groupNameTaken } from "./createGroup.ts";
import { type UpdateGroupInput, updateGroupSchema } from "./groupInput.ts";
import { groupOrThrow } from "./groupOrThrow.ts";

/** Changes a group as a whole. Collectors that it gains or loses are sent what they shall run from then on. */
export async function updateGroup({ ctx, input: untrusted }: Call<UpdateGroupInput>): Promise<{ id: string }> {
  authoriseSomewhere(ctx, "editFleet");
  const { id, confirmed, base, ...after } = parseInput(updateGroupSchema, untrusted);
  try {
    return await ctx.db.$transaction(async (tx) => {
      await lockRevisions(tx);
      const group = await groupOrThrow(tx, id);
      const before = fieldsOf(group);
      // Which collectors it takes is decided against all other groups: that is not for the editors of one.
      const takesOthers = after.selector !== before.selector || after.priority !== before.priority;
      const caller = takesOthers ? authorise(ctx, "editFleet") : authoriseIn(ctx, "editFleet", group);
      if (base && !isSame(base, before)) throw new AppError("CONFLICT", `${group.name} was changed in the meantime; nothing was saved`, { conflict: before });
      if (group.isDefault && (after.selector !== "" || after.priority !== before.priority))
        throw new AppError("CONFLICT", `${group.name} has the collectors that no other group selects: it takes no selector and no priority`);
      if (isSame(before, after)) return { id };
      if (!group.isDefault && !confirmed && after.selector !== before.selector) await askAboutSelector(tx, after.selector);
      await tx.collectorGroup.update({ where: { id }, data: after });
      await audit(tx, { by: caller, action: "group.update", entity: "group", entityId: id, entityName: after.name, before, after });
      await notifyChange(tx, "group", id);
      return { id };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw await groupNameTaken(ctx, after.name);
    throw error;
  }
}

type Fields = { name: string; selector: string; priority: number; description: string };

function fieldsOf({ name, selectorText, priority, description }: Group): Fields {
  return { name, selector: selectorText, priority, description };
}

function isSame(a: Fields, b: Fields): boolean {
  return a.name === b.name && a.selector === b.selector && a.priority === b.priority && a.description === b.description;
}
