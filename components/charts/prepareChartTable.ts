import type { SeriesView } from "../data/seriesStore.ts";
import { formatOf } from "./axisTicks.ts";
import type { ChartSpec } from "./prepareTimeChart.ts";

export const TABLE_STEP_MS = 15_000;

export type ChartTable = { rows: { atMs: number; cells: string[] }[] };

/** The chart as a table, newest first: the mean of every 15 seconds (aligned to the clock); a dash where nothing is known. */
export function prepareChartTable(view: SeriesView, spec: ChartSpec): ChartTable {
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
  const rows = [...groups].map(([atMs, sums]) => ({ atMs, cells: sums.map(({ sum, count }) => format(count === 0 ? null : sum / count)) }));
  return { rows: rows.reverse() };
}
