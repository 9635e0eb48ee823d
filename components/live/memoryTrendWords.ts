import { findTrend } from "#domain/trends/findTrend.ts";
import type { SeriesView } from "../data/seriesStore.ts";
import { formatBytes } from "../format/formatBytes.ts";
import { formatAge } from "../format/formatDuration.ts";

/** The test compares each sample with each other one; 180 of them keep it under the length of a frame. */
const EVERY_S = 5;

/** `+16 MB/min, at the limit in 5 min`, or that there is no trend; nothing while there is too little to tell. */
export function memoryTrend({ points, fromMs }: Pick<SeriesView, "points" | "fromMs">): string {
  const newest = points.findLast((point) => point !== null && point.reporting >= point.expected);
  if (!newest) return "";
  // A collector that comes or goes moves the sum of the fleet; only seconds in which as many as now reported are alike.
  const samples = points.flatMap((point, index) =>
    index % EVERY_S === 0 && point !== null && point.reporting === newest.reporting ? [{ atMs: fromMs + index * 1_000, value: point.rssBytes }] : [],
  );
  const trend = findTrend(samples, newest.memoryLimitBytes === null ? {} : { limit: newest.memoryLimitBytes });
  if (trend.kind === "tooShort") return "";
  if (trend.kind === "flat") return "no trend";
  const slope = `${trend.slopePerS > 0 ? "+" : ""}${formatBytes(trend.slopePerS * 60)}/min`;
  const { reachesLimitInMs } = trend;
  return reachesLimitInMs === undefined || !Number.isFinite(reachesLimitInMs) ? slope : `${slope}, at the limit in ${formatAge(reachesLimitInMs)}`;
}
