import { costMicroUsdPerHour, type LivePrice } from "#domain/cost/livePrice.ts";
import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { TierRate } from "#domain/telemetry/live.ts";

/** What a tier of the draft matches now. Counted only for what runs; for anything else it is absent, with the reason. */
export type TierMatch =
  | { kind: "counted"; matchedPerS: number; bytesMatchedPerS: number; shareOfAll: number | null }
  | { kind: "absent"; reason: string };

type TierShape = { condition: unknown; keep: { ratio: unknown } };

/**
 * A tier matches the same spans as one that runs when its condition is the same and the tiers before it, in whatever order, are the same:
 * it gets what those before it leave. Only then is the running tier's count the draft tier's.
 */
export function matchingRates(draftTiers: readonly TierShape[], running: SamplingPolicy | null, rates: readonly TierRate[] | null): TierMatch[] {
  if (!running) return draftTiers.map(() => ({ kind: "absent", reason: "no policy runs yet" }));
  if (!rates || rates.length === 0) return draftTiers.map(() => ({ kind: "absent", reason: "no live counts" }));
  const runningKeys = running.tiers.map((tier) => canonicalJson(tier.condition));
  const draftKeys = draftTiers.map((tier) => canonicalJson(tier.condition));
  const all = rates.reduce((sum, rate) => sum + rate.matchedPerS, 0);
  return draftKeys.map((key, index): TierMatch => {
    const before = setKey(draftKeys.slice(0, index));
    const sameCondition = runningKeys.flatMap((other, at) => (other === key ? [at] : []));
    if (sameCondition.length === 0) return { kind: "absent", reason: "not running yet" };
    const at = sameCondition.find((candidate) => setKey(runningKeys.slice(0, candidate)) === before);
    if (at === undefined) return { kind: "absent", reason: "tiers before it changed" };
    const rate = rates.find((candidate) => candidate.name === running.tiers[at].name);
    if (!rate) return { kind: "absent", reason: "no live counts" };
    return { kind: "counted", matchedPerS: rate.matchedPerS, bytesMatchedPerS: rate.bytesMatchedPerS, shareOfAll: all > 0 ? rate.matchedPerS / all : null };
  });
}

/** What keeping `ratio` of the matched bytes costs; the collectors' own hours are not a tier's. */
export function tierCostMicroUsdPerHour(price: LivePrice, match: TierMatch, ratio: unknown): number | null {
  if (match.kind !== "counted" || typeof ratio !== "number" || !(ratio >= 0 && ratio <= 1)) return null;
  return costMicroUsdPerHour(price, match.bytesMatchedPerS * ratio, 0);
}

function setKey(keys: readonly string[]): string {
  return JSON.stringify([...new Set(keys)].sort());
}
