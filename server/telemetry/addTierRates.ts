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
      sum.ratio = widen(sum.ratio, rate.ratio);
    }
  }
  return [...sums.values()];
}

function widen(a: TierRate["ratio"], b: TierRate["ratio"]): TierRate["ratio"] {
  if (!a || !b) return a ?? b;
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
