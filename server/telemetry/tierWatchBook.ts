import type { KeptTierWatch, TierWatch } from "#domain/sampling/tierSilence.ts";

export const TIER_WATCHES_MAX = 20_000;

/** What collectors told of their tiers since it was taken last, one entry for all that match the same. */
export class TierWatchBook {
  #byKey = new Map<string, KeptTierWatch>();
  /** What found no room. It is told again in a minute. */
  refused = 0;

  /** Times by our clock. */
  add(watches: readonly TierWatch[], untilMs: number): void {
    for (const { key, sinceMs, lastMatchedMs } of watches) {
      const known = this.#byKey.get(key);
      if (known === undefined && this.#byKey.size >= TIER_WATCHES_MAX) {
        this.refused++;
        continue;
      }
      this.#byKey.set(key, {
        key,
        sinceMs: Math.min(sinceMs, known?.sinceMs ?? sinceMs),
        untilMs: Math.max(untilMs, known?.untilMs ?? untilMs),
        lastMatchedMs: latest(lastMatchedMs, known?.lastMatchedMs ?? null),
      });
    }
  }

  take(): KeptTierWatch[] {
    const taken = [...this.#byKey.values()];
    this.#byKey = new Map();
    return taken;
  }
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
