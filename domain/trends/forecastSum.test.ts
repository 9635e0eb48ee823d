import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Xoshiro128 } from "#traffic/xoshiro128.ts";
import { DAILY_KINDS } from "./dailyTestData.ts";
import { forecastSum } from "./forecastSum.ts";

const sum = (values: readonly (number | null)[]) => values.reduce<number>((all, value) => all + (value ?? 0), 0);
const weekly = (days: number) => Array.from({ length: days }, (_, day) => (day % 7 < 5 ? 100 : 50));

describe("forecastSum", () => {
  it("knows the weekdays of what is ahead", () => {
    // 60 days end on the fourth of a week; the next is its fifth.
    const found = forecastSum(weekly(60), 10);
    expect(found?.days.map((value) => Math.round(value / 10) * 10)).toEqual([100, 50, 50, 100, 100, 100, 100, 100, 50, 50]);
    expect(found?.expected).toBeCloseTo(sum(found?.days ?? []), 6);
  });

  it("leaves out what was not measured, and never takes it for 0", () => {
    const gaps = weekly(60).map((value, day) => (day % 9 === 4 ? null : value));
    const [whole, holes] = [forecastSum(weekly(60), 14), forecastSum(gaps, 14)];
    expect(Math.abs((holes?.expected ?? 0) / (whole?.expected ?? 1) - 1)).toBeLessThan(0.03);
    expect(holes?.known).toBe(gaps.filter((value) => value !== null).length);
  });

  it("forgets what was before a step to another level, and takes a single day for no step", () => {
    const stepped = weekly(60).map((value, day) => (day < 30 ? value * 3 : value));
    expect(Math.abs((forecastSum(stepped, 7)?.known ?? 0) - 30)).toBeLessThan(4);
    expect(Math.abs((forecastSum(stepped, 7)?.expected ?? 0) / 600 - 1)).toBeLessThan(0.05);
    const peak = weekly(60).map((value, day) => (day === 50 ? value * 5 : value));
    expect(forecastSum(peak, 7)?.known).toBe(60);
    expect(Math.abs((forecastSum(peak, 7)?.expected ?? 0) / 600 - 1)).toBeLessThan(0.15);
  });

  it("says nothing where too little is known", () => {
    expect(forecastSum(weekly(9), 7)).toBeNull();
    expect(forecastSum([...new Array(50).fill(null), ...weekly(9)], 7)).toBeNull();
    expect(forecastSum(weekly(60), 0)).toBeNull();
  });

  it("has an interval around what it expects, of finite numbers of 0 or more, whatever came", () => {
    const value = fc.oneof(fc.constant(null), fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true }));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), fc.integer({ min: 1, max: 31 }), (history, horizon) => {
        const found = forecastSum(history, horizon);
        if (found === null) return;
        expect(found.low).toBeGreaterThanOrEqual(0);
        expect(found.low).toBeLessThanOrEqual(found.expected);
        expect(found.high).toBeGreaterThanOrEqual(found.expected);
        expect(Number.isFinite(found.high)).toBe(true);
      }),
    );
  });

  it("holds at least 95 of 100 sums within its interval, over series of every kind (npm run bench -- forecast has more)", () => {
    let covered = 0;
    let all = 0;
    for (const { make } of DAILY_KINDS) {
      const random = new Xoshiro128(7);
      for (let series = 0; series < 60; series++) {
        const days = make(random, 60 + 14);
        const came = days.slice(60).filter((value) => value !== null);
        const sumOfCame = (sum(came) * 14) / came.length;
        const found = forecastSum(days.slice(0, 60), 14);
        if (found !== null && sumOfCame >= found.low && sumOfCame <= found.high) covered++;
        all++;
      }
    }
    expect(covered / all).toBeGreaterThanOrEqual(0.95);
  });
});
