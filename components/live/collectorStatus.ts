import type { CollectorRow } from "#domain/telemetry/live.ts";
import { deliveryTrouble } from "../fleet/deliveryTrouble.ts";
import { formatAge } from "../format/formatDuration.ts";
import type { Tone } from "../ui/StatusChip.tsx";

export type CollectorStatus = { tone: Tone; word: string /** Worst first in lists. */; rank: number };

const QUEUE_HIGH = 0.5;

/** The one word for how a collector is: the worst that is true of it. */
export function collectorStatus(row: CollectorRow, nowMs: number): CollectorStatus {
  if (row.state === "offline") return { tone: "bad", word: row.lastSeenMs === null ? "never seen" : `offline ${formatAge(nowMs - row.lastSeenMs)}`, rank: 0 };
  if (row.configState === "failed") return { tone: "bad", word: "configuration refused", rank: 1 };
  if (row.state === "stale") return { tone: "warn", word: row.lastSeenMs === null ? "no data" : `silent ${formatAge(nowMs - row.lastSeenMs)}`, rank: 2 };
  const trouble = deliveryTrouble(row);
  if (trouble) return { tone: trouble.tone, word: trouble.word, rank: trouble.tone === "bad" ? 1 : 3 };
  if (row.queueSpans !== null && row.queueCapacitySpans && row.queueSpans / row.queueCapacitySpans > QUEUE_HIGH)
    return { tone: "warn", word: "queueing", rank: 3 };
  if (row.configState === "applying") return { tone: "busy", word: "applying", rank: 4 };
  if (row.configState === "behind") return { tone: "info", word: "behind", rank: 4 };
  return { tone: "ok", word: "healthy", rank: 5 };
}
