import { type GroupApproval, needsApproval } from "#domain/approval/changeRequest.ts";
import { type ApprovalSetting, readApprovalSetting } from "../../db/approvalSetting.ts";
import { readGroups } from "../../db/groupRows.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type GroupApprovalItem = { id: string; name: string; approval: GroupApproval; needed: boolean };
/** `admins`: with two or more, turning it off takes another one. `approvers`: people who may approve somewhere. */
export type ApprovalSettingView = ApprovalSetting & { groups: GroupApprovalItem[]; admins: number; approvers: number };

export async function getApprovalSetting({ ctx }: { ctx: ServiceContext }): Promise<ApprovalSettingView> {
  authorise(ctx, "look");
  const setting = await readApprovalSetting(ctx.db);
  const groups = await readGroups(ctx.db);
  const admins = await ctx.db.user.count({ where: { role: "admin" } });
  const approvers = await ctx.db.user.count({
    where: { OR: [{ role: { in: ["approver", "admin"] } }, { roleGrants: { some: { role: "approver", group: { archivedAt: null } } } }] },
  });
  const items = groups.map(({ id, name, approval }) => ({ id, name, approval, needed: needsApproval(setting.everywhere, approval) }));
  return { ...setting, groups: items, admins, approvers };
}
