import type { SeriesView } from "../data/seriesStore.ts";
import type { SeriesSpec } from "./prepareTimeChart.ts";

/** The exact measured values of a second, not the drawn ones; null where there is a gap. */
export function valuesAt(view: SeriesView, atMs: number, specs: readonly SeriesSpec[]): { spec: SeriesSpec; value: number | null }[] {
  const point = view.points[Math.round((atMs - view.fromMs) / 1000)] ?? null;
  return specs.map((spec) => ({ spec, value: point === null ? null : spec.value(point) }));
}
