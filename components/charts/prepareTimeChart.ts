import type { LivePoint } from "#domain/telemetry/live.ts";
import type { SeriesView } from "../data/seriesStore.ts";
import { type Axis, axisTicks, type Unit } from "./axisTicks.ts";
import { downsample } from "./downsample.ts";

export const DRAWN_POINTS_MAX = 300;

export type SeriesSpec = {
  key: string;
  label: string;
  /** CSS colour; belongs to the entity, not to its place. */
  color: string;
  /** `stack` areas lie on each other in the order given; `area` and `line` start from zero; `limit` is a dashed line; `band` tints the time in which the value is above zero, and has no part in the axis. */
  draw: "stack" | "area" | "line" | "limit" | "band";
  opacity?: number;
  /** Of a limit: draw it only once what it limits has this share of it. A bound far above would press everything else onto the ground. */
  drawFromShare?: number;
  value: (point: LivePoint) => number | null;
};

export type ChartSpec = {
  unit: Unit;
  series: readonly SeriesSpec[] /** Draw each value as the mean of what was known in this many seconds up to it; for what isn't recorded every second. */;
  meanOfSeconds?: number;
};

/** One drawn series: `top[i]` (and `base[i]` for areas) at `at[i]` milliseconds; null where there is a gap. */
export type PreparedSeries = { spec: SeriesSpec; at: number[]; top: (number | null)[]; base: number[] | null };
export type PreparedChart = { unit: Unit; fromMs: number; toMs: number; axis: Axis; series: PreparedSeries[]; empty: boolean };

/** Decides everything that is not a pixel: which points are drawn, the stacking, the axis, and whether there is anything at all. */
export function prepareTimeChart(view: SeriesView, spec: ChartSpec): PreparedChart {
  const { points, fromMs } = view;
  const toMs = fromMs + Math.max(1, points.length - 1) * 1000;
  const firstTick = Math.floor(fromMs / 1000);
  const columns = spec.series.map((series) =>
    smooth(
      points.map((point) => (point === null ? null : finite(series.value(point)))),
      points,
      spec.meanOfSeconds ?? 1,
    ),
  );
  const stacked = spec.series.flatMap((series, index) => (series.draw === "stack" ? [index] : []));
  const totals = stacked.length === 0 ? [] : points.map((_, row) => totalOf(columns, stacked, row));
  const stackRows = stacked.length === 0 ? [] : downsample(totals, DRAWN_POINTS_MAX, firstTick);
  const below = stackRows.map(() => 0);

  const series = spec.series.map((one, index): PreparedSeries => {
    const column = columns[index];
    const rows = one.draw === "stack" ? stackRows : downsample(column, DRAWN_POINTS_MAX, firstTick);
    const at = rows.map((row) => fromMs + row * 1000);
    if (one.draw === "band") return { spec: one, at, top: rows.map((row) => column[row]), base: rows.map(() => 0) };
    if (one.draw !== "stack") return { spec: one, at, top: rows.map((row) => column[row]), base: one.draw === "area" ? rows.map(() => 0) : null };
    const base = [...below];
    const top = rows.map((row, place) => {
      if (totals[row] === null) return null;
      below[place] += column[row] ?? 0;
      return below[place];
    });
    return { spec: one, at, top, base };
  });
  const highestOf = (some: readonly PreparedSeries[]) => Math.max(0, ...some.flatMap(({ top }) => top.map((value) => value ?? 0)));
  const measured = highestOf(series.filter(({ spec: { draw } }) => draw !== "band" && draw !== "limit"));
  for (const one of series) {
    const { draw, drawFromShare } = one.spec;
    if (draw === "limit" && drawFromShare !== undefined && measured < drawFromShare * highestOf([one])) one.top = one.top.map(() => null);
  }
  const highest = highestOf(series.filter(({ spec: { draw } }) => draw !== "band"));
  const axis = axisTicks(highest, spec.unit);
  return {
    unit: spec.unit,
    fromMs,
    toMs,
    axis,
    series: series.map((one) => (one.spec.draw === "band" ? { ...one, top: one.top.map((value) => (value !== null && value > 0 ? axis.max : null)) } : one)),
    empty: columns.every((column) => column.every((value) => value === null)),
  };
}

/** A stack has a gap only where none of its parts is known; one missing part counts as nothing. */
function totalOf(columns: readonly (number | null)[][], parts: readonly number[], row: number): number | null {
  let total: number | null = null;
  for (const part of parts) {
    const value = columns[part][row];
    if (value !== null) total = (total ?? 0) + value;
  }
  return total;
}

/** Trailing means over known values. A second without any measurement stays a gap. */
function smooth(values: (number | null)[], points: SeriesView["points"], seconds: number): (number | null)[] {
  if (seconds <= 1) return values;
  let sum = 0;
  let count = 0;
  return values.map((value, index) => {
    const left = index >= seconds ? values[index - seconds] : null;
    if (value !== null) {
      sum += value;
      count += 1;
    }
    if (left !== null) {
      sum -= left;
      count -= 1;
    }
    return points[index] === null || count === 0 ? null : Math.max(0, sum / count);
  });
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
