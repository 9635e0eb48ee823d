import { needsApproval } from "#domain/approval/changeRequest.ts";
import type { Transaction } from "./database.ts";
import type { Group } from "./groupRows.ts";

export const APPROVAL_KEY = "approval";

export type ApprovalSetting = { everywhere: boolean; updatedAtMs: number | null; updatedBy: string | null };

/** Whether changes need a second person where a group has no word of its own. Off until somebody turns it on. */
export async function readApprovalSetting(tx: Transaction): Promise<ApprovalSetting> {
  const row = await tx.setting.findUnique({ where: { key: APPROVAL_KEY } });
  const { everywhere } = Object(row?.value) as { everywhere?: unknown };
  return { everywhere: everywhere === true, updatedAtMs: row?.updatedAt.getTime() ?? null, updatedBy: row?.updatedBy ?? null };
}

export async function isApprovalNeeded(tx: Transaction, group: Pick<Group, "approval">): Promise<boolean> {
  return needsApproval((await readApprovalSetting(tx)).everywhere, group.approval);
}
