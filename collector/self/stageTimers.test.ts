import { describe, expect, it } from "vitest";
import { BUCKET_BOUNDS, BucketCounts } from "./bucketCounts.ts";
import { StageTimers } from "./stageTimers.ts";

describe("StageTimers", () => {
  it("gives each window only what was recorded in it", () => {
    const timers = new StageTimers();
    timers.record("export", 0.5);
    timers.acknowledged(0.001);
    expect(timers.endWindow()).toMatchObject({ acknowledgement: { count: 1 }, stages: { export: { count: 1 }, network: { count: 0 } } });
    expect(timers.endWindow()).toMatchObject({ acknowledgement: { count: 0 }, stages: { export: { count: 0 } } });
    expect(timers.totals.export).toMatchObject({ count: 1, sum: 0.5 });
  });

  it("summarises the last minute and forgets what is older", () => {
    const timers = new StageTimers();
    timers.acknowledged(2);
    for (let second = 0; second < 59; second++) timers.endWindow();
    expect(timers.lastMinute().quantile(0.5)).toBeCloseTo(2, 3);
    timers.endWindow();
    expect(timers.lastMinute().count).toBe(0);
    expect(timers.acknowledgementTotal).toEqual({ count: 1, sum: 2 });
  });
});

describe("BucketCounts", () => {
  it("counts a value that equals a bound at or below that bound", () => {
    const counts = new BucketCounts();
    counts.record(BUCKET_BOUNDS[2]);
    counts.record(1e9);
    expect(counts.cumulative().slice(1, 4)).toEqual([0, 1, 1]);
    expect(counts.cumulative().at(-1)).toBe(2);
  });
});
