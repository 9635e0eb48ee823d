"use client";

import { useNow } from "../data/useNow.ts";
import { formatAge, formatClock } from "../format/formatDuration.ts";
import { StatusChip } from "../ui/StatusChip.tsx";

export function StaleNote({ sinceMs }: { sinceMs: number }) {
  const now = useNow(1000);
  return (
    <StatusChip tone="warn" title={`Nothing has come since ${formatClock(sinceMs, true)}; what you see is from then`}>
      {now === null ? "old data" : `data is ${formatAge(now - sinceMs)} old`}
    </StatusChip>
  );
}
