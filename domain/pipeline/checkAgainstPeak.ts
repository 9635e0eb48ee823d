import { formatDuration } from "../sampling/formatDuration.ts";
import type { SamplingPolicy } from "../sampling/samplingPolicy.ts";
import { formatSetBytes } from "./formatSetBytes.ts";
import { PIPELINE_FIELDS, type PipelineField } from "./pipelineFields.ts";
import type { PipelineSettings } from "./pipelineSettings.ts";

/** What single collectors kept over the last `windowS` seconds. Settings hold for each collector by itself, so these are never sums over several. */
export type MeasuredLoad = {
  windowS: number;
  /** The busiest second of any collector. */
  peak: { keptPerS: number; atMs: number; collector: string };
  /** Kept bytes of the second with the most of them. */
  peakBytesPerS: number;
  /** The most that any collector keeps at present, as the mean of the last minute. */
  presentBytesPerS: number;
  /** Connected collectors that nothing was measured of: they report to another control plane process, or have just started. */
  notMeasured: number;
};

/** The same where it is not measured, but said beforehand: `windowS` is null then. */
export type PeakLoad = Pick<MeasuredLoad, "peak" | "peakBytesPerS" | "presentBytesPerS"> & { windowS: number | null };

export type PeakFinding = {
  place: PipelineField;
  tone: "info" | "warn";
  message: string;
  /** What to set instead; it lies within the limits of the field and goes with the other settings. */
  remedy?: { field: PipelineField; value: number };
};

/** Operations case 1: a queue of 10,000 against a peak of 50,000 spans/s. Its rule: "queue capacity at least 2 to 3 times peak load". */
const PEAKS_MIN = 2;
const PEAKS_WANTED = 3;
/** Operations case 7: the site was down for 45 minutes. */
const OUTAGE_S = 45 * 60;
/** What the least memory limit leaves to the process itself. */
const PROCESS_BYTES = 134_217_728;
/** All requests that are being read hold at most so much together, or two of the largest where that is more (collector/receive/admission.ts). */
const READING_BYTES_MAX = 268_435_456;
const MIB = 1_048_576;

/** What the settings don't go with: each other, the policy that runs, and the measured load. `measured` is null when nothing was; then nothing is said of it. */
export function checkAgainstPeak(settings: PipelineSettings, sampling: SamplingPolicy | null, measured: PeakLoad | null): PeakFinding[] {
  return [
    ...(measured && measured.peak.keptPerS > 0 ? [...queueFindings(settings, measured), ...walFindings(settings, measured)] : []),
    ...batchFindings(settings),
    ...memoryFindings(settings, sampling),
  ];
}

function queueFindings({ queue }: PipelineSettings, { peak, peakBytesPerS, windowS }: PeakLoad): PeakFinding[] {
  const of = `of one collector${windowS === null ? "" : ` (over the last ${windowS / 60} min)`}`;
  const findings: PeakFinding[] = [];
  const holds = queue.spansMax / peak.keptPerS;
  if (holds < PEAKS_MIN) {
    findings.push({
      place: "queue.spansMax",
      tone: "warn",
      message: `holds ${seconds(holds)} of the peak of ${count(peak.keptPerS)} kept spans/s ${of}; 2 to 3 s are needed`,
      ...remedy("queue.spansMax", roundUp(peak.keptPerS * PEAKS_WANTED)),
    });
  }
  const bytesHold = queue.bytesMax / peakBytesPerS;
  if (bytesHold < PEAKS_MIN) {
    findings.push({
      place: "queue.bytesMax",
      tone: "warn",
      message: `holds ${seconds(bytesHold)} of the peak of ${formatSetBytes(toMib(peakBytesPerS))}/s ${of}; 2 to 3 s are needed`,
      ...remedy("queue.bytesMax", toMib(peakBytesPerS * PEAKS_WANTED)),
    });
  }
  return findings;
}

function walFindings({ wal }: PipelineSettings, { presentBytesPerS }: PeakLoad): PeakFinding[] {
  if (!wal.enabled || presentBytesPerS <= 0) return [];
  const lastsS = wal.bytesMax / presentBytesPerS;
  const message = `at the present rate holds what is kept while a backend is away for ${formatDuration(lastsS * 1_000)}`;
  if (lastsS >= OUTAGE_S) return [{ place: "wal.bytesMax", tone: "info", message }];
  return [
    { place: "wal.bytesMax", tone: "warn", message: `${message}; outages of 45 min happen`, ...remedy("wal.bytesMax", toMib(presentBytesPerS * OUTAGE_S)) },
  ];
}

function batchFindings({ batch, queue }: PipelineSettings): PeakFinding[] {
  const findings: PeakFinding[] = [];
  if (batch.sizeMax > queue.spansMax) {
    findings.push({
      place: "batch.sizeMax",
      tone: "warn",
      message: `is more than the queue holds (${count(queue.spansMax)} spans), so a batch never gets so large`,
      ...(batch.sizeMin <= queue.spansMax ? remedy("batch.sizeMax", queue.spansMax) : {}),
    });
  }
  if (batch.sizeMin < batch.sizeMax && batch.growWhenQueueAbove >= queue.spansMax) {
    const value = Math.floor(queue.spansMax / 2);
    findings.push({
      place: "batch.growWhenQueueAbove",
      tone: "warn",
      message: `is not below what the queue holds (${count(queue.spansMax)} spans), so batches never grow`,
      ...(value >= 1 && value >= batch.shrinkWhenQueueBelow * 2 ? remedy("batch.growWhenQueueAbove", value) : {}),
    });
  }
  return findings;
}

function memoryFindings({ queue, receive, memory }: PipelineSettings, sampling: SamplingPolicy | null): PeakFinding[] {
  const reading = Math.min(receive.concurrentRequestsMax * receive.requestBytesMax, Math.max(READING_BYTES_MAX, 2 * receive.requestBytesMax));
  const parts: [string, number][] = [["queue", queue.bytesMax]];
  if (sampling?.scope === "trace") parts.push(["waiting traces", sampling.bytesMax]);
  parts.push(["requests being read", reading]);
  const bounds = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  if (bounds <= memory.limitBytes) return [];
  const named = parts.map(([name, bytes]) => `${name} ${formatSetBytes(bytes)}`).join(" + ");
  return [
    {
      place: "memory.limitBytes",
      tone: "warn",
      message: `is less than the bounds allow together: ${named} = ${formatSetBytes(bounds)}. Requests are refused before the bounds are reached`,
      ...remedy("memory.limitBytes", toMib(bounds + PROCESS_BYTES)),
    },
  ];
}

/** No remedy is better than one that the field does not take. */
function remedy(field: PipelineField, value: number): { remedy?: { field: PipelineField; value: number } } {
  const { min, max } = PIPELINE_FIELDS[field];
  return (min !== null && value < min) || (max !== null && value > max) ? {} : { remedy: { field, value } };
}

/** Up to two digits that say something: 153,200 becomes 160,000. */
function roundUp(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / step) * step;
}

const toMib = (bytes: number) => Math.ceil(bytes / MIB) * MIB;
const count = (value: number) => Math.round(value).toLocaleString("en-US");
const seconds = (value: number) => `${Number(value.toPrecision(2))} s`;
