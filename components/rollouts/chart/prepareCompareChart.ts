import { axisTicks } from "#components/charts/axisTicks.ts";
import { downsample } from "#components/charts/downsample.ts";
import { formatBytes } from "#components/format/formatBytes.ts";
import { formatClock, formatMs } from "#components/format/formatDuration.ts";
import { formatCompact, formatPercent } from "#components/format/formatNumber.ts";
import type { Gate } from "#domain/fleet/rollout/rollout.ts";
import type { RolloutChart, RolloutChartPoint } from "#domain/fleet/rollout/rolloutView.ts";

export const DRAWN_MAX = 400;

type Unit = { scale: number; axis: "ms" | "bytes" | "spans"; format: (value: number | null) => string };

const share: Unit = { scale: 100, axis: "spans", format: (value) => formatPercent(value === null ? null : value / 100) };
/** How the values of a gate are drawn: times this much, and written so. */
const UNITS: Record<Gate, Unit> = {
  p99: { scale: 1_000, axis: "ms", format: (value) => (value === 0 ? "0 ms" : formatMs(value)) },
  queue: share,
  refused: share,
  keptShare: share,
  memory: { scale: 1, axis: "bytes", format: (value) => (value === 0 ? "0" : `${formatBytes(value)}/min`) },
  dropped: { scale: 1, axis: "spans", format: formatCompact },
};

export type CompareLine = { at: number[]; top: (number | null)[]; base: number[] | null };
export type CompareChart = {
  fromMs: number;
  toMs: number;
  min: number;
  max: number;
  ticks: { value: number; label: string }[];
  times: { atMs: number; label: string }[];
  changed: CompareLine;
  control: CompareLine;
  band: CompareLine;
  empty: boolean;
  format: (value: number | null) => string;
};

/** All that is not a pixel of changed against control: which points, the axis in the gate's unit, and where its times stand. Null without any point. */
export function prepareCompareChart({ gate, points, windowSeconds }: Pick<RolloutChart, "gate" | "points" | "windowSeconds">): CompareChart | null {
  if (points.length === 0) return null;
  const { scale, axis, format } = UNITS[gate];
  const scaled = withGaps(points, windowSeconds * 1_000).map((point) => ({
    atMs: point.atMs,
    changed: times(point.changed, scale),
    control: times(point.control, scale),
    low: times(point.low, scale),
    high: times(point.high, scale),
  }));
  const values = scaled.flatMap(({ changed, control, low, high }) => [changed, control, low, high].filter((value) => value !== null));
  const { max, ticks } = axisTicks(Math.max(0, ...values), axis);
  const step = ticks[1].value;
  const below = Math.ceil(-Math.min(0, ...values) / step - 1e-9);
  const all = [...Array.from({ length: below }, (_, index) => (index - below) * step), ...ticks.map(({ value }) => value)];
  const fromMs = points[0].atMs;
  const toMs = Math.max(points[points.length - 1].atMs, fromMs + windowSeconds * 1_000);
  return {
    fromMs,
    toMs,
    min: -below * step,
    max,
    ticks: thinned(all).map((value) => ({ value, label: format(value) })),
    times: [0, 1 / 3, 2 / 3, 1].map((part) => fromMs + part * (toMs - fromMs)).map((atMs) => ({ atMs, label: formatClock(atMs, toMs - fromMs < 600_000) })),
    changed: lineOf(scaled, ({ changed }) => changed),
    control: lineOf(scaled, ({ control }) => control),
    band: bandOf(scaled),
    empty: values.length === 0,
    format,
  };
}

/** The exact figures of a window, for the cursor and the table. */
export function comparedAt(gate: Gate, point: RolloutChartPoint): { changed: string; control: string; band: string | null } {
  const { scale, format } = UNITS[gate];
  const of = (value: number | null) => format(times(value, scale));
  return {
    changed: of(point.changed),
    control: of(point.control),
    band: point.low === null || point.high === null ? null : `${of(point.low)} to ${of(point.high)}`,
  };
}

function times(value: number | null, scale: number): number | null {
  return value === null || !Number.isFinite(value) ? null : value * scale;
}

/** Windows that are missing altogether are gaps, not a line across. */
function withGaps(points: readonly RolloutChartPoint[], windowMs: number): RolloutChartPoint[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    if (before === undefined || point.atMs - before.atMs < 2.5 * windowMs) return [point];
    return [{ atMs: before.atMs + windowMs, changed: null, control: null, low: null, high: null }, point];
  });
}

function lineOf(points: readonly RolloutChartPoint[], value: (point: RolloutChartPoint) => number | null): CompareLine {
  const column = points.map(value);
  const rows = downsample(column, DRAWN_MAX, 0);
  return { at: rows.map((row) => points[row].atMs), top: rows.map((row) => column[row]), base: null };
}

function bandOf(points: readonly RolloutChartPoint[]): CompareLine {
  const highs = points.map(({ low, high }) => (low === null ? null : high));
  const rows = downsample(highs, DRAWN_MAX, 0);
  return { at: rows.map((row) => points[row].atMs), top: rows.map((row) => highs[row]), base: rows.map((row) => points[row].low ?? 0) };
}

/** At most half a dozen labels, zero among them. */
function thinned(values: readonly number[]): number[] {
  if (values.length <= 7) return [...values];
  return values.filter((_, index) => (index - values.indexOf(0)) % 2 === 0);
}
