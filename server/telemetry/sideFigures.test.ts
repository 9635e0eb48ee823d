import { describe, expect, it } from "vitest";
import { CollectorSeries } from "./collectorSeries.ts";
import { measuredAt, T0 } from "./measurementTestData.ts";
import { type OfCollector, sideFigures } from "./sideFigures.ts";

const series = (droppedPerS = 0) => {
  const one = new CollectorSeries();
  for (let second = 1; second <= 20; second++) one.add(measuredAt(second, second * 100, { dropped: second * droppedPerS }), T0 + second * 1_000);
  return one;
};

const named = (...all: (CollectorSeries | null)[]): OfCollector[] => all.map((one, index) => ({ id: `c${index}`, series: one }));
/** Measured in these seconds alone, by a process that began at the given one; totals grow by ten dropped spans each second. */
const measuredIn = (seconds: readonly number[], startedAt: (second: number) => number = () => 0) => {
  const one = new CollectorSeries();
  for (const second of seconds) {
    const since = second - startedAt(second);
    one.add(measuredAt(second, since * 100, { dropped: since * 10, processStartMs: T0 + startedAt(second) * 1_000 }), T0 + second * 1_000);
  }
  return one;
};
const seconds = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("what is not measured of a window", () => {
  const at = (one: CollectorSeries, from: number, countedTo = 40) =>
    sideFigures(named(one), T0 + from * 1_000, T0 + (from + 10) * 1_000, T0 + countedTo * 1_000);

  it("is nothing when every second was, or when a later measurement tells of the silence: counters are totals", () => {
    expect(at(measuredIn(seconds(1, 40)), 10)).toMatchObject({ gaps: 0, missing: [], dropped: 100 });
    const silent = measuredIn([...seconds(1, 12), ...seconds(35, 40)]);
    expect(at(silent, 10)).toMatchObject({ reporting: 1, gaps: 0 });
    expect(at(silent, 20)).toMatchObject({ reporting: 0, gaps: 0 });
    expect(at(silent, 20, 34)).toMatchObject({ reporting: 0, gaps: 1 });
    // All that was dropped is in one window or another.
    expect([0, 10, 20, 30].reduce((sum, from) => sum + at(silent, from).dropped, 0)).toBe(400);
  });

  it("is nothing when a silence ends with two measurements in one second", () => {
    const one = measuredIn(seconds(1, 12));
    one.add(measuredAt(19, 1_820, { dropped: 182, atMs: T0 + 18_200 }), T0 + 19_000);
    for (const second of seconds(19, 25))
      one.add(measuredAt(second, second * 100, { dropped: second * 10, atMs: T0 + second * 1_000 - 100 }), T0 + second * 1_000);
    expect(at(one, 10)).toMatchObject({ reporting: 1, gaps: 0, dropped: 100 });
  });

  it("is the rest of it as long as nothing has come since", () => {
    expect(at(measuredIn(seconds(1, 15)), 10)).toMatchObject({ reporting: 1, gaps: 1, missing: ["c0"] });
    expect(at(measuredIn(seconds(1, 15)), 20)).toMatchObject({ reporting: 0, gaps: 1 });
  });

  it("is what lies between the last word of one process and the first of the next", () => {
    const restarted = measuredIn([...seconds(1, 13), ...seconds(18, 40)], (second) => (second < 18 ? 0 : 17));
    expect(at(restarted, 10)).toMatchObject({ reporting: 1, gaps: 1, missing: ["c0"] });
    expect(at(restarted, 20)).toMatchObject({ gaps: 0 });
    // However short that is.
    expect(
      at(
        measuredIn(seconds(1, 40), (second) => (second < 15 ? 0 : 14)),
        10,
      ),
    ).toMatchObject({ reporting: 1, gaps: 1 });
  });

  it("names a few of many", () => {
    const side = sideFigures(named(...Array(500).fill(null)), T0, T0 + 10_000);
    expect(side.gaps).toBe(500);
    expect(side.missing).toHaveLength(10);
  });
});

it("one side's window has what its collectors measured in the seconds that end in it, and who had nothing to say", () => {
  const side = sideFigures(named(series(), series(3), null), T0 + 5_000, T0 + 10_000);
  expect(side).toMatchObject({ collectors: 3, reporting: 2, received: 1_000, kept: 100, dropped: 15, queueShare: 0.05, acknowledgement: null });
  expect(side.rss.map(({ atMs, bytes, of }) => [atMs - T0, bytes, of])).toEqual([6, 7, 8, 9, 10].map((second) => [second * 1_000, 100, 2]));
  expect(side).toMatchObject({ gaps: 1, missing: ["c2"] });
  expect(sideFigures(named(series()), T0 + 60_000, T0 + 70_000)).toMatchObject({ collectors: 1, reporting: 0, gaps: 1, queueShare: null, rss: [] });
});

it("spans that were dropped are counted once each, also when two measurements fall into one second", () => {
  const one = new CollectorSeries();
  one.add(measuredAt(1, 100), T0 + 1_000);
  one.add(measuredAt(2, 200, { dropped: 4, atMs: T0 + 1_400 }), T0 + 2_000);
  one.add(measuredAt(2, 200, { dropped: 9, atMs: T0 + 2_000 }), T0 + 2_000);
  expect(sideFigures(named(one), T0, T0 + 3_000).dropped).toBe(9);
});
