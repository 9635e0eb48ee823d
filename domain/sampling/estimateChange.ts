import { costMicroUsdPerHour, type LivePrice } from "../cost/livePrice.ts";
import { canonicalJson } from "../fleet/configHash.ts";
import type { TierRate } from "../telemetry/live.ts";
import type { SamplingPolicy, Tier } from "./samplingPolicy.ts";

export type KeptRates = {
  keptPerS: number;
  bytesKeptPerS: number /** With the collectors' hours; null without a price. */;
  costMicroUsdPerHour: number | null;
};

/** One tier of the candidate. Where the spans it will match are provably those that a running tier matches now, its figures follow from live counts; else they are null and `reason` says why. */
export type TierEstimate = {
  name: string;
  exact: boolean;
  reason: string | null;
  /** The running tier with the same spans. */
  runningName: string | null;
  ratioBefore: number | null;
  ratioAfter: number;
  matchedPerS: number | null;
  keptBeforePerS: number | null;
  keptAfterPerS: number | null;
  bytesKeptBeforePerS: number | null;
  bytesKeptAfterPerS: number | null;
};

/** What applying a candidate would do at the present traffic. `after` is null, with a reason, as soon as one tier's share is unknown. */
export type PolicyChangeEstimate = { tiers: TierEstimate[]; before: KeptRates; after: KeptRates | null; reason: string | null };

export type EstimateInput = {
  running: SamplingPolicy;
  /** Live counts of the running policy's tiers, by name. */
  live: readonly TierRate[];
  candidate: SamplingPolicy;
  price?: { price: LivePrice; collectors: number };
};

/** Pure arithmetic on live counts; nothing is guessed. */
export function estimateChange({ running, live, candidate, price }: EstimateInput): PolicyChangeEstimate {
  const rateOf = new Map(live.map((rate) => [rate.name, rate]));
  const runningTiers = new Map(running.tiers.map((tier, place) => [matchedSet(running, place), tier]));
  const tiers = candidate.tiers.map((tier, place) => {
    const same = runningTiers.get(matchedSet(candidate, place));
    return estimateTier(tier, same, same && rateOf.get(same.name), () => whyUnknown(running, candidate, place));
  });
  const last = tiers.length - 1;
  if (!tiers[last].exact && running.tiers.every((tier) => rateOf.has(tier.name)))
    tiers[last] = estimateRest(tiers[last], tiers.slice(0, last), running, rateOf);
  const cost = (bytesPerS: number) => (price === undefined ? null : costMicroUsdPerHour(price.price, bytesPerS, price.collectors));
  const ratesOf = (keptPerS: number, bytesKeptPerS: number): KeptRates => ({ keptPerS, bytesKeptPerS, costMicroUsdPerHour: cost(bytesKeptPerS) });
  const before = ratesOf(
    live.reduce((sum, rate) => sum + rate.keptPerS, 0),
    live.reduce((sum, rate) => sum + rate.bytesKeptPerS, 0),
  );
  const unknown = tiers.find((tier) => !tier.exact);
  if (unknown !== undefined) return { tiers, before, after: null, reason: `${unknown.name}: ${unknown.reason}` };
  const after = ratesOf(
    tiers.reduce((sum, tier) => sum + (tier.keptAfterPerS ?? 0), 0),
    tiers.reduce((sum, tier) => sum + (tier.bytesKeptAfterPerS ?? 0), 0),
  );
  return { tiers, before, after, reason: null };
}

/**
 * Names the set of spans a tier matches: its own condition, without what any tier before it takes. Equal names mean equal sets, whatever the order of the
 * tiers before and whatever they keep; different names may still mean equal sets, which is then not claimed.
 */
function matchedSet(policy: SamplingPolicy, place: number): string {
  const before = new Set(policy.tiers.slice(0, place).map((tier) => canonicalJson(tier.condition)));
  return canonicalJson([canonicalJson(policy.tiers[place].condition), [...before].sort()]);
}

function estimateTier(tier: Tier, same: Tier | undefined, rate: TierRate | undefined, why: () => string): TierEstimate {
  const ratioAfter = tier.keep.ratio;
  if (same === undefined || rate === undefined) {
    return {
      name: tier.name,
      exact: false,
      reason: same === undefined ? why() : `there are no live counts for ${same.name} yet`,
      runningName: same?.name ?? null,
      ratioBefore: same?.keep.ratio ?? null,
      ratioAfter,
      matchedPerS: null,
      keptBeforePerS: null,
      keptAfterPerS: null,
      bytesKeptBeforePerS: null,
      bytesKeptAfterPerS: null,
    };
  }
  const unchanged = same.keep.ratio === ratioAfter;
  return {
    name: tier.name,
    exact: true,
    reason: null,
    runningName: same.name,
    ratioBefore: same.keep.ratio,
    ratioAfter,
    matchedPerS: rate.matchedPerS,
    keptBeforePerS: rate.keptPerS,
    keptAfterPerS: unchanged ? rate.keptPerS : rate.matchedPerS * ratioAfter,
    bytesKeptBeforePerS: rate.bytesKeptPerS,
    bytesKeptAfterPerS: unchanged ? rate.bytesKeptPerS : rate.bytesMatchedPerS * ratioAfter,
  };
}

/** The default tier takes what no tier before it does: with all of those known, the rest of everything that comes in. */
function estimateRest(rest: TierEstimate, earlier: readonly TierEstimate[], running: SamplingPolicy, rateOf: ReadonlyMap<string, TierRate>): TierEstimate {
  const taken = new Set(earlier.map((tier) => tier.runningName));
  if (earlier.some((tier) => !tier.exact) || taken.size < earlier.length) return rest;
  const left = { name: rest.name, matchedPerS: 0, keptPerS: 0, bytesMatchedPerS: 0, bytesKeptPerS: 0 };
  for (const { name } of running.tiers) {
    const rate = taken.has(name) ? undefined : rateOf.get(name);
    left.matchedPerS += rate?.matchedPerS ?? 0;
    left.keptPerS += rate?.keptPerS ?? 0;
    left.bytesMatchedPerS += rate?.bytesMatchedPerS ?? 0;
    left.bytesKeptPerS += rate?.bytesKeptPerS ?? 0;
  }
  return {
    ...rest,
    exact: true,
    reason: null,
    matchedPerS: left.matchedPerS,
    keptBeforePerS: left.keptPerS,
    keptAfterPerS: left.matchedPerS * rest.ratioAfter,
    bytesKeptBeforePerS: left.bytesKeptPerS,
    bytesKeptAfterPerS: left.bytesMatchedPerS * rest.ratioAfter,
  };
}

function whyUnknown(running: SamplingPolicy, candidate: SamplingPolicy, place: number): string {
  const own = canonicalJson(candidate.tiers[place].condition);
  const runs = running.tiers.some((tier) => canonicalJson(tier.condition) === own);
  return runs
    ? "tiers before it changed what they match, so how many spans reach it is not known yet"
    : "its condition does not run yet, so how many spans it matches is not known";
}
