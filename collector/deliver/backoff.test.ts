import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs, nextTryMs } from "./backoff.ts";
import { parseRetryAfter } from "./otlpHttpExporter.ts";

const retry = { initialMs: 100, maxMs: 5000, maxElapsedMs: 60_000 };

describe("backoffMs", () => {
  it("doubles its bound up to maxMs and takes anything below it", () => {
    expect([0, 1, 2, 5, 6, 1000].map((attempt) => backoffMs(retry, attempt, () => 1))).toEqual([100, 200, 400, 3200, 5000, 5000]);
    fc.assert(
      fc.property(fc.nat(2000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const delay = backoffMs(retry, attempt, () => random);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(5000);
      }),
    );
  });
});

describe("nextTryMs", () => {
  it("is nothing once the time would be up", () => {
    expect(nextTryMs(retry, 0, 0, () => 0.5)).toBe(50);
    expect(nextTryMs(retry, 0, 59_949, () => 0.5)).toBe(50);
    expect(nextTryMs(retry, 0, 59_990, () => 0.5)).toBeUndefined();
  });
});

describe("parseRetryAfter", () => {
  it("reads seconds and dates", () => {
    expect(parseRetryAfter("3", 0)).toBe(3000);
    expect(parseRetryAfter("Thu, 01 Jan 1970 00:00:10 GMT", 4000)).toBe(6000);
    expect(parseRetryAfter("Thu, 01 Jan 1970 00:00:10 GMT", 40_000)).toBe(0);
    expect([parseRetryAfter(undefined, 0), parseRetryAfter("soon", 0), parseRetryAfter("-1x", 0)]).toEqual([undefined, undefined, undefined]);
  });
});
