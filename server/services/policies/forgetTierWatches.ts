import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

const KEPT_DAYS = 30;

/** Tiers that nothing was told of for 30 days run nowhere any more. */
export async function forgetTierWatches({ ctx }: { ctx: ServiceContext }): Promise<void> {
  authorise(ctx, "keepHouse");
  await ctx.db.tierWatch.deleteMany({ where: { untilAt: { lt: new Date(ctx.ports.nowMs() - KEPT_DAYS * 86_400_000) } } });
}
