"use client";

import { formatAge } from "#components/format/formatDuration.ts";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { COLLECTOR_STATES, CONFIG_STATES } from "./collectorStates.ts";
import { deliveryTrouble } from "./deliveryTrouble.ts";

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

/** Nothing where breakers, logs and memory are well. */
export function DeliveryChip({ row, className }: { row: CollectorRow; className?: string }) {
  const trouble = deliveryTrouble(row);
  return (
    trouble && (
      <StatusChip tone={trouble.tone} title={trouble.title} className={className}>
        {trouble.word}
      </StatusChip>
    )
  );
}
