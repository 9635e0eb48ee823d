import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import type { ShadowReport } from "#domain/sampling/compare/shadowReport.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { openRecording } from "../record/openRecording.ts";
import { lowerPriority } from "./lowerPriority.ts";
import { Replay } from "./replay.ts";

export const REPLAY_REPORT_MS = 500;
/** Of JavaScript's own memory: several times what a replay takes, of whatever length. */
const HEAP_BYTES_MAX = 268_435_456;
const TOO_MUCH = "reading the recording took more memory than it may; try it over fewer hours";
/** So long it works before it looks at what was sent to it. */
const WORK_MS = 20;

/** What is read, and by which policies it is decided. */
export type ReplayTask = {
  dataDir: string;
  backMs: number;
  /** The policy that runs now, and its number at the control plane. */
  baseline: SamplingPolicy;
  revision: number;
  candidate: SamplingPolicy;
  heapBytesMax?: number;
};

/**
 * Tries a candidate over what the collector with this data folder has recorded; `tell` gets a report each half second and a last one, which also comes back. The thread that calls
 * this is given a low priority, and where that can't be done it rests as long as it works.
 */
export async function replayRecording(
  { dataDir, backMs, heapBytesMax = HEAP_BYTES_MAX, ...task }: ReplayTask,
  signal: AbortSignal,
  tell: (report: ShadowReport) => void,
): Promise<ShadowReport> {
  const isLow = lowerPriority();
  const recording = await openRecording(dataDir, backMs, Date.now());
  const replay = new Replay({ recording, now: () => performance.now(), cpuMs: threadCpuMs, ...task });
  let toldAt = performance.now();
  let restedAt = 0;
  tell(replay.report());
  await replay.run(signal, () => {
    const now = performance.now();
    if (now - toldAt >= REPLAY_REPORT_MS) {
      toldAt = now;
      tell(replay.report());
    }
    if (now - restedAt < WORK_MS) return undefined;
    if (getHeapStatistics().used_heap_size > heapBytesMax) replay.end("memory", TOO_MUCH);
    return (isLow ? turn() : pause(now - restedAt)).then(() => {
      restedAt = performance.now();
    });
  });
  const report = replay.report();
  tell(report);
  return report;
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
