import type { SeriesView } from "../data/seriesStore.ts";
import { formatOf } from "./axisTicks.ts";
import type { Marker } from "./liveBoard.tsx";
import type { ChartSpec } from "./prepareTimeChart.ts";

export const TABLE_STEP_MS = 15_000;

const MARKS_SHOWN_MAX = 3;

/** `marks` are what is marked in those 15 seconds, in words; `hasMarks` when any row has some. */
export type ChartTable = { rows: { atMs: number; cells: string[]; marks: string }[]; hasMarks: boolean };

/** The chart as a table, newest first: the mean of every 15 seconds (aligned to the clock); a dash where nothing is known. */
export function prepareChartTable(view: SeriesView, spec: ChartSpec, markers: readonly Marker[] = []): ChartTable {
  const format = formatOf(spec.unit);
  const groups = new Map<number, { sum: number; count: number }[]>();
  for (const [index, point] of view.points.entries()) {
    const atMs = view.fromMs + index * 1000;
    const start = Math.floor(atMs / TABLE_STEP_MS) * TABLE_STEP_MS;
    let sums = groups.get(start);
    if (sums === undefined) {
      sums = spec.series.map(() => ({ sum: 0, count: 0 }));
      groups.set(start, sums);
    }
    if (point === null) continue;
    for (const [place, series] of spec.series.entries()) {
      const value = series.value(point);
      if (value === null || !Number.isFinite(value)) continue;
      sums[place].sum += value;
      sums[place].count += 1;
    }
  }
  const rows = [...groups].map(([atMs, sums]) => ({
    atMs,
    cells: sums.map(({ sum, count }) => format(count === 0 ? null : sum / count)),
    marks: marksOf(markers.filter((marker) => marker.atMs >= atMs && marker.atMs < atMs + TABLE_STEP_MS)),
  }));
  return { rows: rows.reverse(), hasMarks: rows.some(({ marks }) => marks !== "") };
}

function marksOf(markers: readonly Marker[]): string {
  const words = [...new Set(markers.map(({ label, detail }) => detail ?? label))];
  const more = words.length - MARKS_SHOWN_MAX;
  return [...words.slice(0, MARKS_SHOWN_MAX), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
