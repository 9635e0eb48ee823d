import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adjustedCount,
  decodeRandomness,
  decodeThreshold,
  encodeThreshold,
  NEVER,
  ratioToThreshold,
  thresholdToRatio,
  traceIdRandomness,
} from "./threshold.ts";

const ratios = fc.double({ min: 0, max: 1, noNaN: true });
const thresholds = fc.bigInt({ min: 0n, max: NEVER - 1n });

describe("threshold", () => {
  it("is written as the specification's examples are", () => {
    expect(encodeThreshold(ratioToThreshold(1))).toBe("0");
    expect(encodeThreshold(ratioToThreshold(0.5))).toBe("8");
    expect(encodeThreshold(ratioToThreshold(0.25))).toBe("c");
    expect(encodeThreshold(ratioToThreshold(0.01))).toBe("fd70a3d70a3d71");
    expect(encodeThreshold(ratioToThreshold(0.1))).toBe("e6666666666666");
    expect(encodeThreshold(NEVER)).toBeUndefined();
  });

  it("comes back from th as it was", () => {
    fc.assert(
      fc.property(thresholds, (threshold) => {
        expect(decodeThreshold(encodeThreshold(threshold) ?? "")).toBe(threshold);
      }),
    );
  });

  it("comes back from a ratio within one part in 2^56", () => {
    fc.assert(
      fc.property(ratios, (ratio) => {
        expect(Math.abs(thresholdToRatio(ratioToThreshold(ratio)) - ratio)).toBeLessThanOrEqual(2 ** -56);
      }),
    );
  });

  it("falls when the ratio rises, so raising a ratio never drops a kept trace", () => {
    fc.assert(
      fc.property(ratios, ratios, thresholds, (a, b, randomness) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        if (randomness >= ratioToThreshold(low)) expect(randomness >= ratioToThreshold(high)).toBe(true);
      }),
    );
  });

  it("keeps everything at 1, nothing at 0 or at a ratio too small to be drawn", () => {
    expect(ratioToThreshold(1)).toBe(0n);
    expect(ratioToThreshold(0)).toBe(NEVER);
    expect(ratioToThreshold(2 ** -58)).toBe(NEVER);
    expect(ratioToThreshold(2 ** -56)).toBe(NEVER - 1n);
  });

  it("says how many spans a kept one stands for", () => {
    expect(adjustedCount(ratioToThreshold(0.25))).toBe(4);
    expect(adjustedCount(0n)).toBe(1);
    expect(adjustedCount(NEVER)).toBe(Number.POSITIVE_INFINITY);
  });

  it("refuses hex that is not in the specification's form", () => {
    for (const th of ["", "8 ", "C", "0x8", "123456789abcdef", "-1"]) expect(decodeThreshold(th)).toBeUndefined();
    for (const rv of ["", "123", "0123456789ABCD", "0123456789abcde"]) expect(decodeRandomness(rv)).toBeUndefined();
    expect(decodeRandomness("0123456789abcd")).toBe(0x0123456789abcdn);
  });

  it("takes randomness from the last seven bytes of the trace id", () => {
    expect(traceIdRandomness("000102030405060708090a0b0c0d0e0f")).toBe(0x090a0b0c0d0e0fn);
    expect(traceIdRandomness("")).toBe(0n);
  });
});
