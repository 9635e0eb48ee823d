import { canonicalJson } from "../fleet/configHash.ts";
import type { Condition } from "./condition.ts";
import type { SamplingPolicy, Tier } from "./samplingPolicy.ts";

/** One difference between two policies. Places count from 0; `name` is the tier's name in the newer policy, or the older one's when it is gone. */
export type PolicyDifference =
  | { kind: "added"; name: string; place: number; condition: Condition; ratio: number }
  | { kind: "removed"; name: string; place: number; condition: Condition; ratio: number }
  | { kind: "renamed"; name: string; before: string }
  | { kind: "moved"; name: string; before: number; after: number }
  | { kind: "condition"; name: string; before: Condition; after: Condition }
  | { kind: "ratio"; name: string; before: number; after: number };

type Pair = { before: number; after: number };

/** What changes from one policy to the other, in the order of the newer one's tiers, then what is gone. Equal policies give an empty list. */
export function diffPolicies(before: SamplingPolicy, after: SamplingPolicy): PolicyDifference[] {
  const pairs = pairTiers(before.tiers, after.tiers);
  const pairOf = new Map(pairs.map((pair) => [pair.after, pair]));
  const inOrder = longestInOrder(pairs);
  const differences: PolicyDifference[] = [];
  for (const [place, tier] of after.tiers.entries()) {
    const pair = pairOf.get(place);
    if (pair === undefined) differences.push({ kind: "added", name: tier.name, place, condition: tier.condition, ratio: tier.keep.ratio });
    else differences.push(...diffTier(before.tiers[pair.before], tier, pair, inOrder.has(pair)));
  }
  const stayed = new Set(pairs.map((pair) => pair.before));
  for (const [place, tier] of before.tiers.entries()) {
    if (!stayed.has(place)) differences.push({ kind: "removed", name: tier.name, place, condition: tier.condition, ratio: tier.keep.ratio });
  }
  return differences;
}

function diffTier(before: Tier, after: Tier, pair: Pair, inOrder: boolean): PolicyDifference[] {
  const { name } = after;
  const differences: PolicyDifference[] = [];
  if (before.name !== name) differences.push({ kind: "renamed", name, before: before.name });
  if (!inOrder) differences.push({ kind: "moved", name, before: pair.before, after: pair.after });
  if (canonicalJson(before.condition) !== canonicalJson(after.condition))
    differences.push({ kind: "condition", name, before: before.condition, after: after.condition });
  if (before.keep.ratio !== after.keep.ratio) differences.push({ kind: "ratio", name, before: before.keep.ratio, after: after.keep.ratio });
  return differences;
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

/** The largest set of pairs that stand in the same order in both; the others are the ones that were moved. */
function longestInOrder(pairs: readonly Pair[]): Set<Pair> {
  const best: { length: number; previous: number }[] = [];
  let end = -1;
  for (const [index, pair] of pairs.entries()) {
    let length = 1;
    let previous = -1;
    for (let earlier = 0; earlier < index; earlier++) {
      if (pairs[earlier].before < pair.before && best[earlier].length + 1 > length) {
        length = best[earlier].length + 1;
        previous = earlier;
      }
    }
    best.push({ length, previous });
    if (end === -1 || length > best[end].length) end = index;
  }
  const inOrder = new Set<Pair>();
  for (let index = end; index >= 0; index = best[index].previous) inOrder.add(pairs[index]);
  return inOrder;
}
