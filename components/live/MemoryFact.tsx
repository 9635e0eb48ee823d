"use client";

import { lazy, Suspense } from "react";
import type { LivePoint } from "#domain/telemetry/live.ts";
import type { SeriesView } from "../data/seriesStore.ts";
import { formatBytes } from "../format/formatBytes.ts";

// The test for a trend is more code than the panel, and needs minutes of data before it says anything.
const MemoryTrend = lazy(async () => ({ default: (await import("./MemoryTrend.tsx")).MemoryTrend }));

export function MemoryFact({ point, view }: { point: LivePoint; view: SeriesView }) {
  return (
    <>
      {formatBytes(point.rssBytes)}
      {point.memoryLimitBytes !== null && ` of ${formatBytes(point.memoryLimitBytes)}`}
      <Suspense fallback={null}>
        <MemoryTrend view={view} />
      </Suspense>
    </>
  );
}
