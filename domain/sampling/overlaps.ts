import { z } from "zod";
import { canonicalJson, configHash } from "../fleet/configHash.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";

/** Pairs of tiers that a collector tells of, those with the most spans first. */
export const OVERLAP_PAIRS_MAX = 256;

const total = z.number().min(0);

/** How many spans fulfil the conditions of two tiers, counted on some of them, over the last `windowMs`. */
export const overlapFiguresSchema = z.strictObject({
  /** Of what has to be equal for the counts to hold: see `overlapHash`. */
  hash: z.string().max(64),
  windowMs: total,
  /** Spans that were decided. */
  spans: total,
  /** Of those, the ones whose every tier was looked at. */
  lookedAt: total,
  /** By the places of the tiers, `first` before `second`; `spans` is what those that were looked at stand for. Pairs that share nothing are left out. */
  pairs: z.array(z.strictObject({ first: z.int().min(0), second: z.int().min(0), lookedAt: total, spans: total })).max(OVERLAP_PAIRS_MAX),
  /** Pairs that do share spans and had no room. */
  pairsLeftOut: total,
});
export type OverlapFigures = z.infer<typeof overlapFiguresSchema>;

/** Equal for policies whose tiers, in this order, match the same spans: what they keep and how they are called is not in it. */
export function overlapHash(policy: SamplingPolicy): string {
  return configHash({ ...settingsOfConditions(policy), conditions: policy.tiers.map(({ condition }) => condition) });
}

/** Whether a condition means the same in both: in trace scope it depends on how long a trace was waited for. */
export function conditionsMeanTheSame(a: SamplingPolicy, b: SamplingPolicy): boolean {
  return canonicalJson(settingsOfConditions(a)) === canonicalJson(settingsOfConditions(b));
}

/** What the conditions of a policy depend on besides themselves. */
export function settingsOfConditions(policy: SamplingPolicy) {
  if (policy.scope === "span") return { scope: policy.scope };
  const { scope, decisionWaitMs, decisionWaitAfterRootMs } = policy;
  return { scope, decisionWaitMs, decisionWaitAfterRootMs };
}

/** Adds up those with the same hash. A pair that one of them may have left out is left out of the sum: it would be too small. */
export function addOverlaps(all: readonly OverlapFigures[]): OverlapFigures[] {
  return Array.from(Map.groupBy(all, ({ hash }) => hash).values(), addSame);
}

function addSame(same: readonly OverlapFigures[]): OverlapFigures {
  if (same.length === 1) return same[0];
  const keysOf = ({ pairs }: OverlapFigures) => new Map(pairs.map((pair) => [`${pair.first} ${pair.second}`, pair]));
  const each = same.map((figures) => ({ ...figures, byKey: keysOf(figures) }));
  const keys = [...new Set(each.flatMap(({ byKey }) => [...byKey.keys()]))];
  const known = keys.filter((key) => each.every(({ byKey, pairsLeftOut }) => pairsLeftOut === 0 || byKey.has(key)));
  const pairs = known.map((key) => {
    const own = each.flatMap(({ byKey }) => byKey.get(key) ?? []);
    const [{ first, second }] = own;
    return { first, second, lookedAt: sum(own.map(({ lookedAt }) => lookedAt)), spans: sum(own.map(({ spans }) => spans)) };
  });
  pairs.sort((a, b) => b.spans - a.spans);
  return {
    hash: same[0].hash,
    windowMs: Math.max(...same.map(({ windowMs }) => windowMs)),
    spans: sum(same.map(({ spans }) => spans)),
    lookedAt: sum(same.map(({ lookedAt }) => lookedAt)),
    pairs: pairs.slice(0, OVERLAP_PAIRS_MAX),
    pairsLeftOut: Math.max(keys.length - known.length, ...same.map(({ pairsLeftOut }) => pairsLeftOut)) + Math.max(0, pairs.length - OVERLAP_PAIRS_MAX),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
