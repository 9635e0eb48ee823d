import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";

/** Since when each set of spans was seen to be empty, while others came in. */
export type SilentSince = ReadonlyMap<string, number>;

/** Live rates are those of so long. */
const RATE_WINDOW_MS = 10_000;

/** `matchedPerS` by place, null where it is not known. Without any traffic nothing is known of anything, and it begins anew. */
export function followSilence(before: SilentSince, policy: SamplingPolicy, matchedPerS: readonly (number | null)[], nowMs: number): SilentSince {
  if (!matchedPerS.some((rate) => rate !== null && rate > 0)) return new Map();
  return new Map(keysOf(policy).flatMap((key, place) => (matchedPerS[place] === 0 ? [[key, before.get(key) ?? nowMs - RATE_WINDOW_MS] as const] : [])));
}

/** For how long each tier has matched nothing, by place; null where it matches something, or that is not known. */
export function silentMs(since: SilentSince, policy: SamplingPolicy, nowMs: number): (number | null)[] {
  return keysOf(policy).map((key) => {
    const at = since.get(key);
    return at === undefined ? null : nowMs - at;
  });
}

/** Names what a tier matches: its condition and those before it. */
function keysOf({ scope, tiers }: SamplingPolicy): string[] {
  let key: string = scope;
  return tiers.map(({ condition }) => {
    key += canonicalJson(condition);
    return key;
  });
}
