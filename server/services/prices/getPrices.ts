import type { LivePrice } from "#domain/cost/livePrice.ts";
import { readLivePrice } from "../../db/livePriceSetting.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type PricesView = LivePrice & { updatedAtMs: number | null; updatedBy: string | null };

export async function getPrices({ ctx }: { ctx: ServiceContext }): Promise<PricesView> {
  authorise(ctx, "look");
  const { price, updatedAtMs, updatedBy } = await readLivePrice(ctx.db);
  return { ...price, updatedAtMs, updatedBy };
}
