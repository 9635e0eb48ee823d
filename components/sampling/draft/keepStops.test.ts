import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEEP_POSITION_MAX, KEEP_STOPS, percentAtPosition, positionOfRatio } from "./keepStops.ts";
import { parsePercent } from "./percent.ts";

describe("the keep slider", () => {
  it("finds every stop where it put it", () => {
    for (const [index, stop] of KEEP_STOPS.entries()) {
      expect(positionOfRatio(parsePercent(String(stop)) ?? -1)).toBe(index);
      expect(percentAtPosition(index)).toBe(String(stop));
    }
  });

  it("gives 1 % a fifth of the way, so that it is easy to hit", () => {
    expect(positionOfRatio(0.01) / KEEP_POSITION_MAX).toBeCloseTo(0.2, 2);
  });

  it("moves right when the ratio grows", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) =>
        a <= b ? positionOfRatio(a) <= positionOfRatio(b) + 1e-6 : true,
      ),
    );
  });

  it("stands at an end for what is out of range", () => {
    expect(positionOfRatio(-1)).toBe(0);
    expect(positionOfRatio(Number.NaN)).toBe(0);
    expect(positionOfRatio(1.5)).toBe(KEEP_POSITION_MAX);
    expect(percentAtPosition(99)).toBe("100");
    expect(percentAtPosition(-3)).toBe("0");
  });
});
