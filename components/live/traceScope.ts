import type { LivePoint } from "#domain/telemetry/live.ts";
import type { SeriesView } from "../data/seriesStore.ts";

/** Ids of the panels about whole traces, as they stand in addresses. */
export const TRACE_PANEL_IDS: readonly string[] = ["waiting", "held", "decisions", "decision-wait"];

/** Some collector decides whole traces in this second, or spans still wait from when one did. */
export function inTraceScope(point: LivePoint): boolean {
  return point.waitingTracesMax > 0 || point.waitingSpans > 0;
}

/** True when the window has a second of trace scope; then its panels are worth their room. */
export function showsTraceScope({ points }: SeriesView): boolean {
  return points.findLast((point) => point !== null && inTraceScope(point)) !== undefined;
}
