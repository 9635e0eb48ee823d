import { formatSetDuration } from "../sampling/formatDuration.ts";
import { formatRatio } from "../sampling/formatRatio.ts";
import { formatSetBytes } from "./formatSetBytes.ts";
import type { FieldValue, PipelineField, PipelineSection } from "./pipelineFields.ts";

export const SECTION_WORDS: Record<PipelineSection, string> = {
  receive: "receive",
  batch: "batch",
  queue: "queue",
  retry: "retry",
  delivery: "delivery",
  breaker: "breaker",
  memory: "memory",
  wal: "write-ahead log",
  signals: "metrics and logs",
  recording: "recording",
};

type Measure = "bytes" | "ms" | "share" | "plain";
/** `label` names a field of the form, `suffix` stands in it; in a sentence of change `verb` stands before the value and `unit` after it. */
export type FieldWords = { label: string; verb: string; measure: Measure; unit: string; suffix: string };

const field = (label: string, verb: string, unit: string, suffix = unit): FieldWords => ({ label, verb, measure: "plain", unit, suffix });
const bytes = (label: string, verb: string): FieldWords => ({ label, verb, measure: "bytes", unit: "", suffix: "" });
const time = (label: string, verb: string): FieldWords => ({ label, verb, measure: "ms", unit: "", suffix: "" });
const share = (label: string, verb: string, unit = ""): FieldWords => ({ label, verb, measure: "share", unit, suffix: "" });

export const FIELD_WORDS: Record<PipelineField, FieldWords> = {
  "receive.requestBytesMax": bytes("Largest request", "largest request"),
  "receive.concurrentRequestsMax": field("Requests at the same time", "at the same time", "requests"),
  "receive.clientRequestsMax": field("Requests of one client at the same time", "of one client at the same time", "requests"),
  "batch.sizeMin": field("Smallest batch", "smallest", "spans"),
  "batch.sizeMax": field("Largest batch", "largest", "spans"),
  "batch.timeoutMs": time("Sealed after at most", "sealed after at most"),
  "batch.growWhenQueueAbove": field("Grows above", "size doubles above", "spans queued", "spans"),
  "batch.shrinkWhenQueueBelow": field("Shrinks below", "size halves below", "spans queued", "spans"),
  "queue.spansMax": field("Spans in memory", "", "spans"),
  "queue.bytesMax": bytes("Bytes in memory", ""),
  "retry.initialMs": time("First back-off", "first back-off at most"),
  "retry.maxMs": time("Largest back-off", "back-off grows to"),
  "retry.maxElapsedMs": time("Given up after", "given up after"),
  "retry.budgetRatio": share("Retries for each first try", "budget", "of first tries"),
  "retry.budgetFloorPerSecond": field("Retries always allowed", "always allowed", "retries/s"),
  "delivery.concurrency": field("Batches on their way", "at the same time", "batches"),
  "delivery.timeoutMs": time("One try takes at most", "one try takes at most"),
  "breaker.failureThreshold": field("Opens after", "opens after", "failures in a row", "failures"),
  "breaker.openForMs": time("Stays open for", "stays open for"),
  "breaker.probes": field("Probes at the same time", "lets through", "probes at the same time", "batches"),
  "memory.limitBytes": bytes("Memory limit", "limit"),
  "memory.softRatio": share("Shedding begins at", "shedding begins at", "of the limit"),
  "wal.enabled": field("Write-ahead log", "", ""),
  "wal.bytesMax": bytes("Bytes on disk", "bound on disk"),
  "wal.fsync": field("Forced to disk", "forced to disk:", ""),
  "wal.fsyncMs": time("Forced every", "forced every"),
  "wal.whenBroken": field("While it can't be written", "while it can't be written:", ""),
  "wal.waiting": field("Traces that wait", "traces that wait:", ""),
  "signals.enabled": field("Metrics and logs", "", ""),
  "signals.itemsMax": field("Points or records in memory", "in memory", "of each"),
  "signals.bytesMax": bytes("Bytes in memory", "in memory, of each"),
  "signals.walBytesMax": bytes("Bytes on disk", "bound on disk, of each"),
  "recording.enabled": field("Recording", "", ""),
  "recording.bytesMax": bytes("Bytes on disk", "bound on disk"),
  "recording.hoursMax": field("Reaches back at most", "reaches back at most", "hours"),
  "recording.spansPerSecondMax": field("Spans recorded at most", "at most", "spans/s recorded", "spans/s"),
  "recording.redact": field("Values never written", "values never written:", ""),
};

export function isTexts(value: FieldValue | undefined): value is readonly string[] {
  return Array.isArray(value);
}

/** Choices and switches in words; what isn't here is shown as it is. */
const VALUE_WORDS: Partial<Record<PipelineField, Record<string, string>>> = {
  "wal.enabled": { true: "on", false: "off" },
  "signals.enabled": { true: "passed through", false: "refused" },
  "recording.enabled": { true: "on", false: "off" },
  "wal.waiting": { true: "written as well", false: "in memory only" },
  "wal.fsync": { always: "before each acknowledgement", interval: "at an interval", never: "when the system likes" },
  "wal.whenBroken": { continue: "go on in memory", refuse: "refuse requests" },
};

/** A value without the words around it: `5 s`, `256 MiB`, `10%`, `200,000`, `38 keys`. */
export function formatSetting(name: PipelineField, value: FieldValue): string {
  if (isTexts(value)) return value.length === 0 ? "none" : `${value.length} ${value.length === 1 ? "key" : "keys"}`;
  if (typeof value !== "number") return VALUE_WORDS[name]?.[String(value)] ?? String(value);
  switch (FIELD_WORDS[name].measure) {
    case "bytes":
      return formatSetBytes(value);
    case "ms":
      return formatSetDuration(value);
    case "share":
      return formatRatio(value);
    case "plain":
      return value.toLocaleString("en-US");
  }
}
