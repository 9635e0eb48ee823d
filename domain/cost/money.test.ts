import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apportion, roundMicro } from "./money.ts";

describe("roundMicro", () => {
  it("rounds halves away from zero, and never to minus zero", () => {
    expect([0.5, 1.5, 2.4, -0.5, -1.5, -0.4].map(roundMicro)).toEqual([1, 2, 2, -1, -2, 0]);
    expect(Object.is(roundMicro(-0.1), 0)).toBe(true);
  });

  it("refuses what it could not keep exactly", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 60)]) expect(() => roundMicro(value)).toThrow(RangeError);
    expect(roundMicro(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("apportion", () => {
  const weight = fc.oneof(
    fc.constant(0),
    fc.double({ min: 0, max: 1e300, noNaN: true }),
    fc.integer({ min: 0, max: 1000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );

  it("adds up to the whole, whatever the weights, and gives nothing to a weight of 0", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.array(weight, { minLength: 1, maxLength: 60 }), (total, weights) => {
        const parts = apportion(total, weights);
        expect(parts.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(BigInt(total));
        if (weights.some((one) => one > 0)) for (const [index, one] of weights.entries()) if (one === 0) expect(parts[index]).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it("is less than one micro-unit away from each exact share", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 30 }), (total, weights) => {
        const sum = weights.reduce((all, one) => all + one, 0);
        if (sum === 0) return;
        for (const [index, part] of apportion(total, weights).entries()) expect(Math.abs(part - (total * weights[index]) / sum)).toBeLessThan(1);
      }),
    );
  });

  it("gives what is left over to the largest remainders, the earlier of equal ones first", () => {
    expect(apportion(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(apportion(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(apportion(10, [0.2, 0.5, 0.3])).toEqual([2, 5, 3]);
    expect(apportion(7, [0, 0])).toEqual([0, 7]);
  });

  it("refuses weights that mean nothing", () => {
    for (const weights of [[], [1, -1], [Number.NaN], [Number.POSITIVE_INFINITY, 1]]) expect(() => apportion(1, weights)).toThrow(RangeError);
  });
});
