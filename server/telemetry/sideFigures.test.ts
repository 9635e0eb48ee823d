import { expect, it } from "vitest";
import { CollectorSeries } from "./collectorSeries.ts";
import { measuredAt, T0 } from "./measurementTestData.ts";
import { sideFigures } from "./sideFigures.ts";

const series = (droppedPerS = 0) => {
  const one = new CollectorSeries();
  for (let second = 1; second <= 20; second++) one.add(measuredAt(second, second * 100, { dropped: second * droppedPerS }), T0 + second * 1_000);
  return one;
};

it("one side's window has what its collectors measured in the seconds that end in it, and who had nothing to say", () => {
  const side = sideFigures([series(), series(3), null], T0 + 5_000, T0 + 10_000);
  expect(side).toMatchObject({ collectors: 3, reporting: 2, received: 1_000, kept: 100, dropped: 15, queueShare: 0.05, acknowledgement: null });
  expect(side.rss.map(({ atMs, bytes, of }) => [atMs - T0, bytes, of])).toEqual([6, 7, 8, 9, 10].map((second) => [second * 1_000, 100, 2]));
  expect(sideFigures([series()], T0 + 60_000, T0 + 70_000)).toMatchObject({ collectors: 1, reporting: 0, queueShare: null, rss: [] });
});

it("spans that were dropped are counted once each, also when two measurements fall into one second", () => {
  const one = new CollectorSeries();
  one.add(measuredAt(1, 100), T0 + 1_000);
  one.add(measuredAt(2, 200, { dropped: 4, atMs: T0 + 1_400 }), T0 + 2_000);
  one.add(measuredAt(2, 200, { dropped: 9, atMs: T0 + 2_000 }), T0 + 2_000);
  expect(sideFigures([one], T0, T0 + 3_000).dropped).toBe(9);
});
