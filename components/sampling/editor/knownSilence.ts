import type { KnownSilence } from "#domain/sampling/policyHints.ts";
import { type KeptTierWatch, tierSilence } from "#domain/sampling/tierSilence.ts";

type Known = {
  /** By place, as all that follows but `kept`. */
  keys: readonly string[];
  kept: readonly KeptTierWatch[];
  /** For how long this page has seen nothing matched. */
  watchedMs: readonly (number | null)[];
  matchedPerS: readonly (number | null)[] | undefined;
  nowMs: number;
};

/** The longer of what the control plane keeps and what this page has watched; null of a tier that matches something right now. */
export function knownSilence({ keys, kept, watchedMs, matchedPerS, nowMs }: Known): (KnownSilence | null)[] {
  const byKey = new Map(kept.map((watch) => [watch.key, watch]));
  return keys.map((key, place) => {
    if ((matchedPerS?.[place] ?? 0) > 0) return null;
    const watch = byKey.get(key);
    const told = watch === undefined ? null : tierSilence(watch, nowMs);
    const watched = watchedMs[place] ?? null;
    if (told !== null && told.silentMs >= (watched ?? 0)) return told;
    return watched === null ? null : { silentMs: watched, measuredSinceMs: null };
  });
}
