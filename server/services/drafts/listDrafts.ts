import type { ServiceContext } from "../context.ts";
import type { DraftItem } from "./draftInput.ts";
import { draftOwner } from "./draftOwner.ts";
import { toDraftItem } from "./toDraftItem.ts";

/** The caller's own drafts, newest first, without their bodies; at most DRAFTS_MAX. */
export async function listDrafts({ ctx }: { ctx: ServiceContext }): Promise<DraftItem[]> {
  const userId = draftOwner(ctx);
  const select = { kind: true, key: true, baseVersion: true, name: true, updatedAt: true };
  const rows = await ctx.db.draft.findMany({ where: { userId }, select, orderBy: { updatedAt: "desc" } });
  return rows.flatMap((row) => toDraftItem(row) ?? []);
}
