import { describe, expect, it } from "vitest";
import { criticalS, kendallS, kendallVariance, mannKendallP } from "./mannKendall.ts";

describe("Mann–Kendall", () => {
  it("has the exact probabilities of Kendall's tables", () => {
    // n = 4, S = 6: one permutation of 24 at each end. n = 8, S = 20: 0.0071 at each (Kendall 1975, table of S).
    expect(mannKendallP(Float64Array.of(1, 2, 3, 4))).toBeCloseTo(2 / 24, 12);
    const values = Float64Array.of(2, 1, 4, 3, 6, 5, 8, 7);
    expect(kendallS(values)).toBe(20);
    expect(mannKendallP(values) / 2).toBeCloseTo(0.0071, 4);
    expect(criticalS(8, 2 * 0.0072)).toBe(20);
  });

  it("says nothing of constant values, and corrects the variance for ties", () => {
    expect(mannKendallP(Float64Array.of(5, 5, 5, 5, 5))).toBe(1);
    expect(kendallVariance(Float64Array.of(1, 2, 3, 4))).toBeCloseTo((4 * 3 * 13) / 18, 12);
    // n = 10 with one tie of 3: (10·9·25 − 3·2·11) / 18.
    expect(kendallVariance(Float64Array.of(1, 2, 2, 2, 3, 4, 5, 6, 7, 8))).toBeCloseTo((2250 - 66) / 18, 12);
  });

  it("has no critical S where even the strictest order is not rare enough", () => {
    expect(criticalS(4, 0.01)).toBeGreaterThan(6);
    expect(criticalS(5, 0.02)).toBe(10);
  });
});
