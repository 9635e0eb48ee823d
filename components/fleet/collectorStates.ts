import type { CollectorRow, CollectorState } from "#domain/telemetry/live.ts";
import type { Tone } from "../ui/StatusChip.tsx";

/** Words, shapes and order (what needs attention first) of the states. */
export const COLLECTOR_STATES: Record<CollectorState, { word: string; tone: Tone; rank: number }> = {
  offline: { word: "offline", tone: "bad", rank: 0 },
  stale: { word: "stale", tone: "warn", rank: 1 },
  online: { word: "online", tone: "ok", rank: 2 },
};

export const CONFIG_STATES: Record<CollectorRow["configState"], { word: string; tone: Tone }> = {
  "in-sync": { word: "in sync", tone: "done" },
  applying: { word: "applying", tone: "busy" },
  failed: { word: "refused", tone: "bad" },
  behind: { word: "behind", tone: "warn" },
  unmanaged: { word: "own config", tone: "neutral" },
};
