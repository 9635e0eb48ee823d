import type { LivePoint } from "#domain/telemetry/live.ts";

const SECONDS_MIN = 120;

/** Least-squares slope of resident memory in bytes per minute; null with less than two minutes of data. */
export function memorySlope(points: readonly (LivePoint | null)[]): number | null {
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumXY = 0;
  for (const [x, point] of points.entries()) {
    if (point === null) continue;
    n += 1;
    sumX += x;
    sumY += point.rssBytes;
    sumXX += x * x;
    sumXY += x * point.rssBytes;
  }
  if (n < SECONDS_MIN) return null;
  return ((n * sumXY - sumX * sumY) / (n * sumXX - sumX * sumX)) * 60;
}
