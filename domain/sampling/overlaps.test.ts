import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addOverlaps, OVERLAP_PAIRS_MAX, type OverlapFigures, overlapHash } from "./overlaps.ts";
import type { SamplingPolicy, Tier } from "./samplingPolicy.ts";

const figures = (over: Partial<OverlapFigures> = {}): OverlapFigures => ({
  hash: "h",
  windowMs: 60_000,
  spans: 0,
  lookedAt: 0,
  pairs: [],
  pairsLeftOut: 0,
  ...over,
});
const pair = (first: number, second: number, spans: number) => ({ first, second, lookedAt: spans, spans });

describe("overlaps of several collectors", () => {
  it("are added up pair by pair, those of other policies apart", () => {
    const one = figures({ spans: 10, lookedAt: 5, pairs: [pair(0, 1, 3)] });
    const two = figures({ spans: 20, lookedAt: 8, pairs: [pair(0, 1, 4), pair(1, 2, 9)] });
    expect(addOverlaps([one, two, figures({ hash: "other", spans: 1 })])).toEqual([
      figures({ spans: 30, lookedAt: 13, pairs: [pair(1, 2, 9), pair(0, 1, 7)] }),
      figures({ hash: "other", spans: 1 }),
    ]);
  });

  it("leave out a pair that one of them may have left out", () => {
    const cut = figures({ pairs: [pair(0, 1, 3)], pairsLeftOut: 2 });
    const [{ pairs, pairsLeftOut }] = addOverlaps([cut, figures({ pairs: [pair(0, 1, 1), pair(0, 2, 7)] })]);
    expect(pairs).toEqual([pair(0, 1, 4)]);
    expect(pairsLeftOut).toBeGreaterThan(0);
  });

  it("stay within the bound when each tells of other pairs, and are in whatever order the same", () => {
    const any = fc.array(
      fc
        .uniqueArray(fc.tuple(fc.nat(30), fc.integer({ min: 31, max: 62 }), fc.integer({ min: 1, max: 9 })), {
          selector: ([a, b]) => `${a} ${b}`,
          maxLength: 250,
        })
        .map((pairs) => figures({ pairs: pairs.map(([a, b, spans]) => pair(a, b, spans)) })),
      { minLength: 1, maxLength: 4 },
    );
    const known = (all: readonly OverlapFigures[]) => addOverlaps(all)[0];
    fc.assert(
      fc.property(any, (all) => {
        const sum = known(all);
        expect(sum.pairs.length).toBeLessThanOrEqual(OVERLAP_PAIRS_MAX);
        const reversed = known([...all].reverse());
        expect(reversed.pairs.map(({ spans }) => spans)).toEqual(sum.pairs.map(({ spans }) => spans));
        expect(reversed.pairsLeftOut).toBe(sum.pairsLeftOut);
      }),
      { numRuns: 50 },
    );
  });

  it("are known by what their tiers match, not by names or ratios", () => {
    const policy = (name: string, ratio: number, is: "error" | "ok"): SamplingPolicy => {
      const tier: Tier = { name, condition: { kind: "status", is }, keep: { kind: "ratio", ratio } };
      return { scope: "span", tiers: [tier, { ...tier, name: "default", condition: { kind: "always" } }] };
    };
    expect(overlapHash(policy("a", 1, "error"))).toBe(overlapHash(policy("b", 0.5, "error")));
    expect(overlapHash(policy("a", 1, "error"))).not.toBe(overlapHash(policy("a", 1, "ok")));
  });
});
