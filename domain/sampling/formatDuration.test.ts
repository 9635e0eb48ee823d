import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, formatSetDuration } from "./formatDuration.ts";

describe("duration", () => {
  it("is written with as many digits as one reads", () => {
    expect([0, 0.44, 9.94, 9.96, 850, 999.4, 999.6, 2000, 9949, 9951, 59_400, 59_600, 185_000, 7_200_000].map(formatDuration)).toEqual([
      "0.0 ms",
      "0.4 ms",
      "9.9 ms",
      "10 ms",
      "850 ms",
      "999 ms",
      "1.0 s",
      "2.0 s",
      "9.9 s",
      "10 s",
      "59 s",
      "1 min 0 s",
      "3 min 5 s",
      "2 h 0 min",
    ]);
  });

  it("is never written as a negative one", () => {
    expect(formatDuration(-3)).toBe("0.0 ms");
  });

  it("that was set can be read back as it was", () => {
    const units: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400_000 }), (ms) => {
        const [figure, unit] = formatSetDuration(ms).split(" ");
        expect(Math.round(Number(figure) * units[unit])).toBe(ms);
      }),
    );
    expect([0, 10, 2500, 10_000, 90_000, 300_000, 5_400_000, 1234].map(formatSetDuration)).toEqual([
      "0 ms",
      "10 ms",
      "2.5 s",
      "10 s",
      "1.5 min",
      "5 min",
      "1.5 h",
      "1234 ms",
    ]);
  });
});
