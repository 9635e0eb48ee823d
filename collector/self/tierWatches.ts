import { type TierWatch, TRAFFIC_GAP_MAX_MS } from "#domain/sampling/tierSilence.ts";
import type { LedgerFigures } from "./ledger.ts";

type Watched = { sinceMs: number; lastTrafficMs: number; lastMatchedMs: number | null };

/** Since when each running tier is watched, and when it matched anything last. Looks at the ledger's totals, once a second; holds no more than the running tiers. */
export class TierWatches {
  #watched = new Map<string, Watched>();
  #totals = new Map<string, number>();
  #received = 0;

  /** `keys` by name of the running tiers. What a tier of the same name matched in the second in which the policy changed counts for the new one. */
  observe({ received, tiers }: Pick<LedgerFigures, "received" | "tiers">, keys: ReadonlyMap<string, string>, nowMs: number): void {
    const totals = new Map(tiers.map(({ name, kept, sampledOut }) => [name, kept + sampledOut]));
    const hasTraffic = received > this.#received;
    const watched = new Map<string, Watched>();
    for (const [name, key] of keys) {
      const matched = (totals.get(name) ?? 0) > (this.#totals.get(name) ?? 0);
      const next = watch(this.#watched.get(key), hasTraffic, matched, nowMs);
      if (next !== undefined) watched.set(key, next);
    }
    this.#watched = watched;
    this.#totals = totals;
    this.#received = received;
  }

  /** Those that spans came past within the last hour. */
  told(nowMs: number): TierWatch[] {
    return [...this.#watched].flatMap(([key, { sinceMs, lastTrafficMs, lastMatchedMs }]) =>
      nowMs - lastTrafficMs > TRAFFIC_GAP_MAX_MS ? [] : [{ key, sinceMs, lastMatchedMs }],
    );
  }
}

function watch(before: Watched | undefined, hasTraffic: boolean, matched: boolean, nowMs: number): Watched | undefined {
  if (!hasTraffic && !matched) return before;
  const known = before !== undefined && nowMs - before.lastTrafficMs <= TRAFFIC_GAP_MAX_MS ? before : { sinceMs: nowMs, lastMatchedMs: null };
  return { sinceMs: known.sinceMs, lastTrafficMs: nowMs, lastMatchedMs: matched ? nowMs : known.lastMatchedMs };
}
