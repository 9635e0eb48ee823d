import { formatSetDuration } from "./formatDuration.ts";
import type { TraceSettings } from "./traceSettings.ts";

export type TraceSettingName =
  | "decisionWaitMs"
  | "decisionWaitAfterRootMs"
  | "tracesMax"
  | "spansMax"
  | "bytesMax"
  | "decisionCache.entriesMax"
  | "decisionCache.ttlMs";

type Words = { words: string; value: (settings: TraceSettings) => number; format: (value: number) => string };

const count = (value: number) => value.toLocaleString("en-US");

/** Every setting of trace scope in plain words, in the order in which they are read. */
export const TRACE_SETTING_WORDS: Record<TraceSettingName, Words> = {
  decisionWaitMs: { words: "decision wait", value: (settings) => settings.decisionWaitMs, format: formatSetDuration },
  decisionWaitAfterRootMs: { words: "decision wait after the root", value: (settings) => settings.decisionWaitAfterRootMs, format: formatSetDuration },
  tracesMax: { words: "traces that may wait", value: (settings) => settings.tracesMax, format: count },
  spansMax: { words: "spans that may wait", value: (settings) => settings.spansMax, format: count },
  bytesMax: { words: "bytes that waiting spans may hold", value: (settings) => settings.bytesMax, format: count },
  "decisionCache.entriesMax": { words: "decisions remembered", value: (settings) => settings.decisionCache.entriesMax, format: count },
  "decisionCache.ttlMs": { words: "decisions remembered for", value: (settings) => settings.decisionCache.ttlMs, format: formatSetDuration },
};

export const TRACE_SETTING_NAMES = Object.keys(TRACE_SETTING_WORDS) as TraceSettingName[];
