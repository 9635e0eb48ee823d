import { isApprovalNeeded } from "../../db/approvalSetting.ts";
import type { Transaction } from "../../db/database.ts";
import type { Group } from "../../db/groupRows.ts";
import { AppError } from "../../errors/appError.ts";

/** Throws FORBIDDEN where a change to the group's collectors needs a second person: it is asked for instead. */
export async function refuseWithoutApproval(tx: Transaction, group: Pick<Group, "name" | "approval">): Promise<void> {
  if (await isApprovalNeeded(tx, group))
    throw new AppError(
      "FORBIDDEN",
      `changes to ${group.name} need approval: nothing was applied. Ask for it (approvals.ask); another person with the role approver decides`,
    );
}
