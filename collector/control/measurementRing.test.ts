import { describe, expect, it } from "vitest";
import type { Measurement } from "#domain/telemetry/measurement.ts";
import { MEASUREMENTS_KEPT, MeasurementRing } from "./measurementRing.ts";
import { reconnectDelayMs } from "./reconnect.ts";

const at = (atMs: number) => ({ atMs }) as Measurement;

describe("MeasurementRing", () => {
  it("keeps the newest and counts what made room", () => {
    const ring = new MeasurementRing();
    for (let i = 1; i <= MEASUREMENTS_KEPT + 10; i++) ring.push(at(i));
    expect([ring.length, ring.evicted]).toEqual([MEASUREMENTS_KEPT, 10]);
    expect(ring.after(0, 2).map(({ atMs }) => atMs)).toEqual([11, 12]);
  });

  it("gives what is newer than asked for, oldest first", () => {
    const ring = new MeasurementRing();
    for (const atMs of [1000, 2000, 3000]) ring.push(at(atMs));
    expect(ring.after(1000, 10).map(({ atMs }) => atMs)).toEqual([2000, 3000]);
    expect(ring.after(3000, 10)).toEqual([]);
  });
});

describe("reconnectDelayMs", () => {
  it("doubles up to 15 s, never less than half of it", () => {
    expect([0, 1, 4, 5, 100].map((attempt) => reconnectDelayMs(attempt, () => 0))).toEqual([250, 500, 4000, 7500, 7500]);
    expect(reconnectDelayMs(100, () => 1)).toBe(15_000);
  });
});
