import { canonicalJson } from "../fleet/configHash.ts";
import { conditionsMeanTheSame, type OverlapFigures } from "./overlaps.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";

/** Two tiers of a policy by their places, `first` before `second`, and how many of all spans fulfil both, as was measured. */
export type SharedSpans = { first: number; second: number; perMin: number; ofPerMin: number; lookedAt: number; isWhole: boolean };

/** Fewer than so many seen that fulfil both say too little about how many there are. */
export const SHARED_LOOKED_AT_MIN = 20;

/** What is known of the tiers of `policy` from counts of the running one: of tiers with conditions that run, wherever they stand. Those that share most come first. */
export function sharedSpans(policy: SamplingPolicy, running: SamplingPolicy, { windowMs, spans, lookedAt, pairs }: OverlapFigures): SharedSpans[] {
  if (windowMs <= 0 || !conditionsMeanTheSame(policy, running)) return [];
  const places = new Map(policy.tiers.map(({ condition }, place) => [canonicalJson(condition), place]));
  const placeOf = running.tiers.map(({ condition }) => places.get(canonicalJson(condition)));
  const perMin = 60_000 / windowMs;
  const isWhole = lookedAt === spans;
  const shared = pairs.flatMap((pair): SharedSpans[] => {
    const [a, b] = [placeOf[pair.first], placeOf[pair.second]];
    if (a === undefined || b === undefined || a === b || (!isWhole && pair.lookedAt < SHARED_LOOKED_AT_MIN)) return [];
    return [{ first: Math.min(a, b), second: Math.max(a, b), perMin: pair.spans * perMin, ofPerMin: spans * perMin, lookedAt, isWhole }];
  });
  return shared.sort((a, b) => b.perMin - a.perMin);
}

/** `about 1,200 of 40,000 spans a minute (2,000 looked at)`. */
export function sharedInWords({ perMin, ofPerMin, lookedAt, isWhole }: SharedSpans): string {
  if (isWhole) return `${rounded(perMin, 3)} of ${rounded(ofPerMin, 3)} spans a minute (all looked at)`;
  return `about ${rounded(perMin, 2)} of ${rounded(ofPerMin, 2)} spans a minute (${lookedAt.toLocaleString("en-US")} looked at)`;
}

function rounded(perMin: number, digits: number): string {
  const exact = perMin < 10 ** digits ? perMin : Number(perMin.toPrecision(digits));
  return exact < 9.5 ? String(Number(exact.toPrecision(2))) : Math.round(exact).toLocaleString("en-US");
}
