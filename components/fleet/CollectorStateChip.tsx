"use client";

import { formatAge } from "#components/format/formatDuration.ts";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { COLLECTOR_STATES, CONFIG_STATES } from "./collectorStates.ts";

export function CollectorStateChip({ row, nowMs }: { row: CollectorRow; nowMs: number }) {
  const { word, tone } = COLLECTOR_STATES[row.state];
  return (
    <StatusChip tone={tone}>
      {word}
      {row.state !== "online" && row.lastSeenMs !== null && ` ${formatAge(nowMs - row.lastSeenMs)}`}
    </StatusChip>
  );
}

export function ConfigStateChip({ row }: { row: CollectorRow }) {
  const { word, tone } = CONFIG_STATES[row.configState];
  return (
    <StatusChip tone={tone} title={row.configProblem ?? undefined}>
      {word}
    </StatusChip>
  );
}
