import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

const KEPT_DAYS = 30;

/** By the clock: lets go what ended longer ago than a month. */
export async function forgetDeliveries({ ctx }: { ctx: ServiceContext }): Promise<void> {
  authorise(ctx, "keepHouse");
  await ctx.db.webhookDelivery.deleteMany({ where: { endedAt: { lt: new Date(ctx.ports.nowMs() - KEPT_DAYS * 86_400_000) } } });
}
