import { readApprovalSetting } from "../../db/approvalSetting.ts";
import { readPending } from "../../db/changeRequests.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { showRequest } from "./showRequest.ts";

/** `mine`: those that the caller may decide on. `inUse`: approval is needed somewhere, or was once. */
export type RequestCounts = { pending: number; mine: number; inUse: boolean };

export async function countRequests({ ctx }: { ctx: ServiceContext }): Promise<RequestCounts> {
  authorise(ctx, "look");
  const all = await readPending(ctx.db, ctx.ports.nowMs());
  const pending = all.filter(({ state }) => state === "pending");
  const mine = pending.filter((request) => showRequest(ctx, request, null).problem === null).length;
  const inUse =
    pending.length > 0 ||
    (await readApprovalSetting(ctx.db)).everywhere ||
    (await ctx.db.collectorGroup.count({ where: { approval: "on", archivedAt: null } })) > 0 ||
    (await ctx.db.changeRequest.findFirst({ select: { id: true } })) !== null;
  return { pending: pending.length, mine, inUse };
}
