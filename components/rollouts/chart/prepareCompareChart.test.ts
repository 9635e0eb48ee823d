import { describe, expect, it } from "vitest";
import { comparedAt, DRAWN_MAX, prepareCompareChart } from "./prepareCompareChart.ts";

const point = (atMs: number, changed: number | null, control: number | null, band: [number, number] | null = null) => ({
  atMs,
  changed,
  control,
  low: band?.[0] ?? null,
  high: band?.[1] ?? null,
});

describe("changed against control", () => {
  it("draws seconds as milliseconds, on an axis that has room for the highest", () => {
    const chart = prepareCompareChart({
      gate: "p99",
      windowSeconds: 10,
      points: [point(0, 0.041, 0.04, [0.03, 0.05]), point(10_000, 0.188, 0.04, [0.03, 0.05])],
    });
    expect(chart?.changed.top).toEqual([41, 188]);
    expect(chart?.band).toMatchObject({ top: [50, 50], base: [30, 30] });
    expect(chart?.max).toBeGreaterThanOrEqual(188);
    expect(chart?.ticks[0].label).toBe("0 ms");
  });

  it("goes below zero for memory that shrinks, with zero among its labels", () => {
    const chart = prepareCompareChart({ gate: "memory", windowSeconds: 10, points: [point(0, -3e6, 1e6), point(10_000, 2e6, 1e6)] });
    expect(chart?.min).toBeLessThanOrEqual(-3e6);
    expect(chart?.ticks.map(({ value }) => value)).toContain(0);
  });

  it("leaves a gap where windows are missing, and where nothing was measured", () => {
    const chart = prepareCompareChart({ gate: "queue", windowSeconds: 10, points: [point(0, 0.1, 0.1), point(60_000, 0.2, null)] });
    expect(chart?.changed.top).toEqual([10, null, 20]);
    expect(chart?.control.top).toEqual([10, null, null]);
  });

  it("says that nothing was measured, and has nothing to draw without a window", () => {
    expect(prepareCompareChart({ gate: "p99", windowSeconds: 10, points: [point(0, null, null)] })?.empty).toBe(true);
    expect(prepareCompareChart({ gate: "p99", windowSeconds: 10, points: [] })).toBeNull();
  });

  it("draws a rollout of a day with a bounded number of points, its peak among them", () => {
    const points = Array.from({ length: 8_640 }, (_, index) => point(index * 10_000, index === 5_000 ? 9 : 0.04, 0.04));
    const chart = prepareCompareChart({ gate: "p99", windowSeconds: 10, points });
    expect(chart?.changed.at.length).toBeLessThanOrEqual(DRAWN_MAX);
    expect(Math.max(...(chart?.changed.top ?? []).map((value) => value ?? 0))).toBe(9_000);
  });

  it("writes the figures of a window, a dash for what is not known", () => {
    expect(comparedAt("keptShare", point(0, 0.052, null))).toEqual({ changed: "5.2%", control: "—", band: null });
  });
});
