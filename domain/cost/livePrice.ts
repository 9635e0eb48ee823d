import { z } from "zod";

/** The one editable price of the live view; the full cost model replaces it later. Integers of a millionth of a dollar. */
export const livePriceSchema = z.strictObject({
  microUsdPerGbKept: z.int("must be a whole number of micro-dollars").min(0, "must be 0 or more").max(1e12, "must be at most 1,000,000 USD"),
  microUsdPerCollectorHour: z.int("must be a whole number of micro-dollars").min(0, "must be 0 or more").max(1e12, "must be at most 1,000,000 USD"),
});
export type LivePrice = z.infer<typeof livePriceSchema>;

/** Starting values, from the presets: Grafana Cloud traces (0.50 USD per GB, 2026-05-25) and one m7g.xlarge hour (0.1632 USD, 2026-04-24). */
export const LIVE_PRICE_DEFAULT: LivePrice = { microUsdPerGbKept: 500_000, microUsdPerCollectorHour: 163_200 };

/** Cost per hour in micro-dollars: bytes kept per second × 3600 / 1e9 × price per GB (decimal) + collectors × price per hour; rounded half up once. */
export function costMicroUsdPerHour(price: LivePrice, bytesPerS: number, collectors: number): number {
  return Math.round((bytesPerS * 3600 * price.microUsdPerGbKept) / 1e9 + collectors * price.microUsdPerCollectorHour);
}
