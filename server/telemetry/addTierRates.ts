import type { TierRate } from "#domain/telemetry/live.ts";

/** Tier rates of several collectors, added up by name, in the order in which the names first come. */
export function addTierRates(lists: readonly TierRate[][]): TierRate[] {
  const sums = new Map<string, TierRate>();
  for (const rate of lists.flat()) {
    const sum = sums.get(rate.name);
    if (!sum) sums.set(rate.name, { ...rate });
    else {
      sum.matchedPerS += rate.matchedPerS;
      sum.keptPerS += rate.keptPerS;
      sum.bytesMatchedPerS += rate.bytesMatchedPerS;
      sum.bytesKeptPerS += rate.bytesKeptPerS;
    }
  }
  return [...sums.values()];
}
