import { LIVE_PRICE_DEFAULT, type LivePrice, livePriceSchema } from "#domain/cost/livePrice.ts";
import type { Transaction } from "./database.ts";

export const LIVE_PRICE_KEY = "livePrice";

/** The price that the live view counts with; the default until somebody sets one. */
export async function readLivePrice(tx: Transaction): Promise<{ price: LivePrice; updatedAtMs: number | null; updatedBy: string | null }> {
  const row = await tx.setting.findUnique({ where: { key: LIVE_PRICE_KEY } });
  if (!row) return { price: LIVE_PRICE_DEFAULT, updatedAtMs: null, updatedBy: null };
  return { price: livePriceSchema.parse(row.value), updatedAtMs: row.updatedAt.getTime(), updatedBy: row.updatedBy };
}
