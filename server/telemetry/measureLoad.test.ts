import { expect, it } from "vitest";
import { measureLoad } from "./measureLoad.ts";

const NOW = 10_000;
type Second = { keptPerS: number; bytesKeptPerS: number };

/** A collector that measured what is given, by seconds before now. */
const collector = (name: string, seconds: Record<number, Second>, online = true) => ({
  name,
  online,
  at: (second: number) => (seconds[NOW - second] ? { second, ...seconds[NOW - second] } : null),
});

it("finds the busiest second of any one collector, and what the busiest keeps at present", () => {
  const load = measureLoad(
    [
      collector("one", { 0: { keptPerS: 10, bytesKeptPerS: 100 }, 1: { keptPerS: 10, bytesKeptPerS: 300 }, 800: { keptPerS: 90, bytesKeptPerS: 900 } }),
      collector("two", { 0: { keptPerS: 50, bytesKeptPerS: 150 }, 59: { keptPerS: 0, bytesKeptPerS: 0 }, 60: { keptPerS: 1, bytesKeptPerS: 5_000 } }),
    ],
    NOW,
  );
  expect(load).toEqual({
    windowS: 900,
    peak: { keptPerS: 90, atMs: (NOW - 800) * 1_000, collector: "one" },
    peakBytesPerS: 5_000,
    presentBytesPerS: 200,
    notMeasured: 0,
  });
});

it("knows nothing without a measured second, and forgets what is older than 15 minutes", () => {
  expect(measureLoad([], NOW)).toBeNull();
  expect(measureLoad([collector("old", { 900: { keptPerS: 5, bytesKeptPerS: 5 } })], NOW)).toBeNull();
  expect(measureLoad([collector("idle", { 3: { keptPerS: 0, bytesKeptPerS: 0 } })], NOW)).toMatchObject({ peak: { keptPerS: 0, collector: "idle" } });
});

it("says how many connected collectors it knows nothing of, and leaves out those that are away", () => {
  const measured = collector("here", { 1: { keptPerS: 5, bytesKeptPerS: 50 } });
  expect(measureLoad([measured, collector("at another server", {}), collector("away", {}, false)], NOW)?.notMeasured).toBe(1);
});
