import type { Transaction } from "../../db/database.ts";
import { findGroup, type Group } from "../../db/groupRows.ts";
import { AppError } from "../../errors/appError.ts";

/** A group that things can be done to: NOT_FOUND when there is none, CONFLICT when it is archived. */
export async function groupOrThrow(tx: Transaction, id: string): Promise<Group> {
  const group = await findGroup(tx, id);
  if (!group) throw new AppError("NOT_FOUND", `there is no group with the id ${id}`);
  if (group.archivedAtMs !== null) throw new AppError("CONFLICT", `the group ${group.name} is archived; restore it first`);
  return group;
}
