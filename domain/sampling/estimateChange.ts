import { costMicroUsdPerHour, type LivePrice } from "../cost/livePrice.ts";
import { canonicalJson } from "../fleet/configHash.ts";
import type { TierRate } from "../telemetry/live.ts";
import type { Keep } from "./keep.ts";
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
  /** The share kept. Of a budget tier kept / matched, null where that is not known or nothing is matched. */
  ratioBefore: number | null;
  ratioAfter: number | null;
  keepBefore: Keep | null;
  keepAfter: Keep;
  matchedPerS: number | null;
  keptBeforePerS: number | null;
  keptAfterPerS: number | null;
  bytesKeptBeforePerS: number | null;
  bytesKeptAfterPerS: number | null;
  /** A budget that several collectors fill: no more than `keptAfterPerS` is kept, and less where they get unlike shares of the traffic. */
  atMost: boolean;
};

/** What applying a candidate would do at the present traffic. `after` is null, with a reason, as soon as one tier's share is unknown. */
export type PolicyChangeEstimate = { tiers: TierEstimate[]; before: KeptRates; after: KeptRates | null; reason: string | null };

export type EstimateInput = {
  running: SamplingPolicy;
  /** Live counts of the running policy's tiers, by name. */
  live: readonly TierRate[];
  candidate: SamplingPolicy;
  price?: { price: LivePrice; collectors: number };
  /** Those that share the traffic, each with a budget of its own; by default those that the price counts. */
  collectors?: number;
};

/** Pure arithmetic on live counts; nothing is guessed. */
export function estimateChange({ running, live, candidate, price, collectors = price?.collectors }: EstimateInput): PolicyChangeEstimate {
  const rateOf = new Map(live.map((rate) => [rate.name, rate]));
  const setsOf = matchedSets();
  const runningSets = setsOf(running);
  const candidateSets = setsOf(candidate);
  const runningTiers = new Map(running.tiers.map((tier, place) => [runningSets[place], tier]));
  const otherSets = whyOtherSets(running, candidate);
  const tiers = candidate.tiers.map((tier, place): TierEstimate => {
    const same = otherSets === null ? runningTiers.get(candidateSets[place]) : undefined;
    const rate = same && rateOf.get(same.name);
    if (same !== undefined && rate !== undefined) return estimateTier(tier, same, rate, collectors);
    const noCounts = same === undefined ? undefined : `there are no live counts for ${same.name} yet`;
    return unknownTier(tier, same, noCounts ?? otherSets ?? whyUnknown(running, candidate, place));
  });
  const last = tiers.length - 1;
  if (!tiers[last].exact && otherSets === null && running.tiers.every((tier) => rateOf.has(tier.name)))
    tiers[last] = estimateRest(tiers[last], tiers.slice(0, last), running, rateOf, collectors);
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
 * Names the set of spans each tier matches: its own condition, without what any tier before it takes. Equal names mean equal sets, whatever the order of the
 * tiers before and whatever they keep; different names may still mean equal sets, which is then not claimed. Conditions go by numbers that all its calls share.
 */
function matchedSets(): (policy: SamplingPolicy) => string[] {
  const numbers = new Map<string, number>();
  return ({ tiers }) => {
    const own = tiers.map(({ condition }) => {
      const text = canonicalJson(condition);
      const number = numbers.get(text) ?? numbers.size;
      numbers.set(text, number);
      return number;
    });
    return own.map((number, place) => `${number} without ${[...new Set(own.slice(0, place))].sort((a, b) => a - b).join(",")}`);
  };
}

/** Why equal conditions would not mean equal sets; null when they do. */
function whyOtherSets(running: SamplingPolicy, candidate: SamplingPolicy): string | null {
  if (running.scope !== candidate.scope)
    return candidate.scope === "trace"
      ? "it decides whole traces where single spans are decided now, so how many spans it matches is not known before it runs"
      : "it decides single spans where whole traces are decided now, so how many spans it matches is not known before it runs";
  if (running.scope === "span" || candidate.scope === "span") return null;
  return running.decisionWaitMs === candidate.decisionWaitMs && running.decisionWaitAfterRootMs === candidate.decisionWaitAfterRootMs
    ? null
    : "traces wait for another time than now, so which spans they have when they are decided is not known before it runs";
}

const NOTHING_KNOWN = {
  matchedPerS: null,
  keptBeforePerS: null,
  keptAfterPerS: null,
  bytesKeptBeforePerS: null,
  bytesKeptAfterPerS: null,
  atMost: false,
};

function unknownTier({ name, keep }: Tier, same: Tier | undefined, reason: string): TierEstimate {
  return {
    name,
    exact: false,
    reason,
    runningName: same?.name ?? null,
    ratioBefore: same === undefined ? null : setRatio(same.keep),
    ratioAfter: setRatio(keep),
    keepBefore: same?.keep ?? null,
    keepAfter: keep,
    ...NOTHING_KNOWN,
  };
}

function setRatio(keep: Keep): number | null {
  return keep.kind === "ratio" ? keep.ratio : null;
}

type Matched = Pick<TierRate, "matchedPerS" | "keptPerS" | "bytesMatchedPerS" | "bytesKeptPerS">;

function estimateTier(tier: Tier, same: Tier, rate: TierRate, collectors: number | undefined): TierEstimate {
  const unchanged = canonicalJson(same.keep) === canonicalJson(tier.keep);
  const ratioBefore = same.keep.kind === "ratio" ? same.keep.ratio : shareOf(rate.keptPerS, rate.matchedPerS);
  const estimate = { ...unknownTier(tier, same, ""), ratioBefore };
  if (!unchanged) return withKept(estimate, rate, collectors);
  return {
    ...estimate,
    exact: true,
    reason: null,
    ratioAfter: ratioBefore,
    matchedPerS: rate.matchedPerS,
    keptBeforePerS: rate.keptPerS,
    keptAfterPerS: rate.keptPerS,
    bytesKeptBeforePerS: rate.bytesKeptPerS,
    bytesKeptAfterPerS: rate.bytesKeptPerS,
  };
}

/** What the candidate's tier keeps of spans whose rates are known. */
function withKept(estimate: TierEstimate, rate: Matched, collectors: number | undefined): TierEstimate {
  const known = { ...estimate, matchedPerS: rate.matchedPerS, keptBeforePerS: rate.keptPerS, bytesKeptBeforePerS: rate.bytesKeptPerS };
  const keep = estimate.keepAfter;
  if (keep.kind === "budget" && !collectors)
    return { ...known, exact: false, reason: "each collector keeps to its budget, and how many there are is not known" };
  const share = keep.kind === "ratio" ? keep.ratio : rate.matchedPerS === 0 ? 1 : Math.min(1, (keep.spansPerSecond * (collectors ?? 0)) / rate.matchedPerS);
  return {
    ...known,
    exact: true,
    reason: null,
    ratioAfter: keep.kind === "ratio" ? keep.ratio : shareOf(share * rate.matchedPerS, rate.matchedPerS),
    keptAfterPerS: rate.matchedPerS * share,
    bytesKeptAfterPerS: rate.bytesMatchedPerS * share,
    // What is under the budget of one collector alone is kept whole wherever it goes.
    atMost: keep.kind === "budget" && collectors !== 1 && rate.matchedPerS > keep.spansPerSecond,
  };
}

function shareOf(kept: number, matched: number): number | null {
  return matched === 0 ? null : kept / matched;
}

/** The default tier takes what no tier before it does: with all of those known, the rest of everything that comes in. */
function estimateRest(
  rest: TierEstimate,
  earlier: readonly TierEstimate[],
  running: SamplingPolicy,
  rateOf: ReadonlyMap<string, TierRate>,
  collectors: number | undefined,
): TierEstimate {
  const taken = new Set(earlier.map((tier) => tier.runningName));
  if (earlier.some((tier) => tier.matchedPerS === null) || taken.size < earlier.length) return rest;
  const left = { matchedPerS: 0, keptPerS: 0, bytesMatchedPerS: 0, bytesKeptPerS: 0 };
  for (const { name } of running.tiers) {
    const rate = taken.has(name) ? undefined : rateOf.get(name);
    left.matchedPerS += rate?.matchedPerS ?? 0;
    left.keptPerS += rate?.keptPerS ?? 0;
    left.bytesMatchedPerS += rate?.bytesMatchedPerS ?? 0;
    left.bytesKeptPerS += rate?.bytesKeptPerS ?? 0;
  }
  return withKept(rest, left, collectors);
}

function whyUnknown(running: SamplingPolicy, candidate: SamplingPolicy, place: number): string {
  const own = canonicalJson(candidate.tiers[place].condition);
  const runs = running.tiers.some((tier) => canonicalJson(tier.condition) === own);
  return runs
    ? "tiers before it changed what they match, so how many spans reach it is not known yet"
    : "its condition does not run yet, so how many spans it matches is not known";
}
