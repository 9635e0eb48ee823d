import { canonicalJson } from "../fleet/configHash.ts";
import type { Condition } from "./condition.ts";
import type { Keep } from "./keep.ts";
import type { SamplingPolicy, Tier } from "./samplingPolicy.ts";
import { TRACE_SETTING_NAMES, TRACE_SETTING_WORDS, type TraceSettingName } from "./traceSettingWords.ts";

/** A difference in one tier. Places count from 0; `name` is the tier's name in the newer policy, or the older one's when it is gone. */
export type TierDifference =
  | { kind: "added"; name: string; place: number; condition: Condition; keep: Keep }
  | { kind: "removed"; name: string; place: number; condition: Condition; keep: Keep }
  | { kind: "renamed"; name: string; before: string }
  | { kind: "moved"; name: string; before: number; after: number }
  | { kind: "condition"; name: string; before: Condition; after: Condition }
  /** Both keep a share; as soon as one of them is a budget it is `keep`. */
  | { kind: "ratio"; name: string; before: number; after: number }
  | { kind: "keep"; name: string; before: Keep; after: Keep };

/** One difference between two policies: in a tier, or in what holds for all of them. Settings are compared where both policies decide whole traces. */
export type PolicyDifference =
  | TierDifference
  | { kind: "scope"; before: SamplingPolicy; after: SamplingPolicy }
  | { kind: "setting"; setting: TraceSettingName; before: number; after: number };

type Pair = { before: number; after: number };

/** What changes from one policy to the other: scope and settings, then the newer one's tiers in their order, then what is gone. Equal policies give an empty list. */
export function diffPolicies(before: SamplingPolicy, after: SamplingPolicy): PolicyDifference[] {
  const pairs = pairTiers(before.tiers, after.tiers);
  const pairOf = new Map(pairs.map((pair) => [pair.after, pair]));
  const inOrder = longestInOrder(pairs);
  const differences: PolicyDifference[] = diffScope(before, after);
  for (const [place, tier] of after.tiers.entries()) {
    const pair = pairOf.get(place);
    if (pair === undefined) differences.push({ kind: "added", name: tier.name, place, condition: tier.condition, keep: tier.keep });
    else differences.push(...diffTier(before.tiers[pair.before], tier, pair, inOrder.has(pair)));
  }
  const stayed = new Set(pairs.map((pair) => pair.before));
  for (const [place, tier] of before.tiers.entries()) {
    if (!stayed.has(place)) differences.push({ kind: "removed", name: tier.name, place, condition: tier.condition, keep: tier.keep });
  }
  return differences;
}

function diffScope(before: SamplingPolicy, after: SamplingPolicy): PolicyDifference[] {
  if (before.scope !== after.scope) return [{ kind: "scope", before, after }];
  if (before.scope !== "trace" || after.scope !== "trace") return [];
  const differences: PolicyDifference[] = [];
  for (const setting of TRACE_SETTING_NAMES) {
    const { value } = TRACE_SETTING_WORDS[setting];
    if (value(before) !== value(after)) differences.push({ kind: "setting", setting, before: value(before), after: value(after) });
  }
  return differences;
}

function diffTier(before: Tier, after: Tier, pair: Pair, inOrder: boolean): TierDifference[] {
  const { name } = after;
  const differences: TierDifference[] = [];
  if (before.name !== name) differences.push({ kind: "renamed", name, before: before.name });
  if (!inOrder) differences.push({ kind: "moved", name, before: pair.before, after: pair.after });
  if (canonicalJson(before.condition) !== canonicalJson(after.condition))
    differences.push({ kind: "condition", name, before: before.condition, after: after.condition });
  if (canonicalJson(before.keep) !== canonicalJson(after.keep)) differences.push(diffKeep(name, before.keep, after.keep));
  return differences;
}

function diffKeep(name: string, before: Keep, after: Keep): TierDifference {
  return before.kind === "ratio" && after.kind === "ratio"
    ? { kind: "ratio", name, before: before.ratio, after: after.ratio }
    : { kind: "keep", name, before, after };
}

/** The same tier is the one with the same name; of those left over, the one with the same condition (it was renamed). */
function pairTiers(before: readonly Tier[], after: readonly Tier[]): Pair[] {
  const pairs: Pair[] = [];
  const taken = new Set<number>();
  const pairBy = (keyOf: (tier: Tier) => string) => {
    const places = new Map<string, number>();
    for (const [place, tier] of before.entries()) if (!taken.has(place) && !places.has(keyOf(tier))) places.set(keyOf(tier), place);
    const done = new Set(pairs.map((pair) => pair.after));
    for (const [place, tier] of after.entries()) {
      const found = places.get(keyOf(tier));
      if (done.has(place) || found === undefined) continue;
      places.delete(keyOf(tier));
      taken.add(found);
      pairs.push({ before: found, after: place });
    }
  };
  pairBy((tier) => tier.name);
  pairBy((tier) => canonicalJson(tier.condition));
  return pairs.sort((a, b) => a.after - b.after);
}

/** The largest set of pairs that stand in the same order in both; the others are the ones that were moved. In n log n: piles, as in patience sorting. */
function longestInOrder(pairs: readonly Pair[]): Set<Pair> {
  // Of each length, the run that ends earliest in the older policy.
  const ends: number[] = [];
  const previous: (number | undefined)[] = [];
  for (const [index, pair] of pairs.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]].before < pair.before) low = middle + 1;
      else high = middle;
    }
    previous.push(ends[low - 1]);
    ends[low] = index;
  }
  const inOrder = new Set<Pair>();
  for (let index = ends.at(-1); index !== undefined; index = previous[index]) inOrder.add(pairs[index]);
  return inOrder;
}
