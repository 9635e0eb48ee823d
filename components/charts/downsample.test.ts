import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { downsample } from "./downsample.ts";

const columns = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null, freq: 12 }), { minLength: 1, maxLength: 1500 });

describe("downsample", () => {
  it("returns every index when there is room", () => expect(downsample([1, null, 3], 300, 0)).toEqual([0, 1, 2]));

  it("draws at most the given number of points, in order, without repeating one", () =>
    fc.assert(
      fc.property(columns, fc.nat(10_000), (values, tick) => {
        const rows = downsample(values, 300, tick);
        expect(rows.length).toBeLessThanOrEqual(300);
        expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
      }),
    ));

  it("never drops the highest or the lowest value", () =>
    fc.assert(
      fc.property(columns, fc.nat(10_000), (values, tick) => {
        const known = values.filter((value) => value !== null);
        fc.pre(known.length > 0);
        const drawn = downsample(values, 60, tick).map((row) => values[row]);
        expect(drawn).toContain(Math.max(...known));
        expect(drawn).toContain(Math.min(...known));
      }),
    ));

  it("shows a gap wherever there is one", () => {
    const values = Array.from({ length: 900 }, (_, index) => (index === 450 ? null : index % 7));
    expect(downsample(values, 300, 0)).toContain(450);
  });

  it("still shows what is known where every other second is missing", () => {
    const values = Array.from({ length: 900 }, (_, index) => (index % 2 ? null : 10));
    const drawn = downsample(values, 300, 0).map((row) => values[row]);
    expect(drawn.filter((value) => value === 10).length).toBeGreaterThan(100);
    expect(drawn).toContain(null);
  });

  it("keeps choosing the same seconds of the past as the window moves on", () => {
    const signal = (second: number) => Math.sin(second / 11) * 40 + ((second * 7919) % 13);
    const drawnAt = (first: number) =>
      new Set(
        downsample(
          Array.from({ length: 900 }, (_, index) => signal(first + index)),
          300,
          first,
        ).map((row) => first + row),
      );
    const before = drawnAt(1000);
    const after = drawnAt(1004);
    const shared = [...before].filter((second) => second >= 1060 && second < 1860);
    const kept = shared.filter((second) => after.has(second)).length;
    expect(kept / shared.length).toBeGreaterThan(0.95);
  });
});
