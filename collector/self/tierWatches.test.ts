import { describe, expect, it } from "vitest";
import { TRAFFIC_GAP_MAX_MS } from "#domain/sampling/tierSilence.ts";
import { Ledger } from "./ledger.ts";
import { TierWatches } from "./tierWatches.ts";

/** A ledger that tiers by name have matched so many spans of. */
function ledger(counts: Record<string, number>) {
  const books = new Ledger();
  const tiers = books.tiersOf(Object.keys(counts));
  for (const tier of tiers) {
    tier.sampledOut = counts[tier.name];
    books.received += counts[tier.name];
  }
  return books.figures();
}
const keys = (...names: string[]) => new Map(names.map((name) => [name, `key of ${name}`]));

describe("watched tiers", () => {
  it("are told of since spans came, with the second in which they matched last", () => {
    const watches = new TierWatches();
    watches.observe(ledger({ a: 0, b: 0 }), keys("a", "b"), 1_000);
    expect(watches.told(1_000)).toEqual([]);
    watches.observe(ledger({ a: 0, b: 3 }), keys("a", "b"), 2_000);
    watches.observe(ledger({ a: 0, b: 3 }), keys("a", "b"), 3_000);
    watches.observe(ledger({ a: 1, b: 4 }), keys("a", "b"), 4_000);
    watches.observe(ledger({ a: 1, b: 9 }), keys("a", "b"), 5_000);
    expect(watches.told(5_000)).toEqual([
      { key: "key of a", sinceMs: 2_000, lastMatchedMs: 4_000 },
      { key: "key of b", sinceMs: 2_000, lastMatchedMs: 5_000 },
    ]);
  });

  it("begin anew after an hour without spans, and nothing is told of them meanwhile", () => {
    const watches = new TierWatches();
    watches.observe(ledger({ a: 0, b: 1 }), keys("a"), 0);
    expect(watches.told(TRAFFIC_GAP_MAX_MS)).toHaveLength(1);
    expect(watches.told(TRAFFIC_GAP_MAX_MS + 1)).toEqual([]);
    const later = 2 * TRAFFIC_GAP_MAX_MS;
    watches.observe(ledger({ a: 0, b: 2 }), keys("a"), later);
    expect(watches.told(later)).toEqual([{ key: "key of a", sinceMs: later, lastMatchedMs: null }]);
  });

  it("are forgotten with the policy that had them, and go on under another name", () => {
    const watches = new TierWatches();
    watches.observe(ledger({ a: 0, b: 1 }), keys("a", "b"), 1_000);
    const renamed = new Map([["a2", "key of a"]]);
    watches.observe(ledger({ a: 0, b: 1, a2: 0, default: 5 }), renamed, 2_000);
    expect(watches.told(2_000)).toEqual([{ key: "key of a", sinceMs: 1_000, lastMatchedMs: null }]);
  });
});
