import type { Session } from "node:inspector/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { ProfileRequest } from "#domain/fleet/profileRequest.ts";
import { readCpuProfile } from "./readCpuProfile.ts";
import { readHeapProfile, type SampledHeap } from "./readHeapProfile.ts";
import type { ProfileNode, ThreadProfile } from "./threadProfile.ts";

export const CPU_INTERVAL_US = 1000;
export const HEAP_INTERVAL_BYTES = 32_768;

/** Records the thread that calls it. Rejects with the signal's reason when it aborts; then nothing records any more. */
export async function recordThread(request: ProfileRequest, thread: string, signal: AbortSignal): Promise<ThreadProfile> {
  signal.throwIfAborted();
  // Loaded only where it is needed.
  const { Session } = await import("node:inspector/promises");
  const session = new Session();
  session.connect();
  const startMs = Date.now();
  const started = performance.now();
  try {
    const nodes = await record(session, request, signal);
    return { thread, startMs, durationMs: performance.now() - started, nodes };
  } finally {
    session.disconnect();
  }
}

async function record(session: Session, { kind, seconds }: ProfileRequest, signal: AbortSignal): Promise<ProfileNode[]> {
  const over = () => wait(seconds * 1000, undefined, { signal });
  if (kind === "cpu") {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: CPU_INTERVAL_US });
    await session.post("Profiler.start");
    await over();
    return readCpuProfile((await session.post("Profiler.stop")).profile);
  }
  await session.post("HeapProfiler.enable");
  await session.post("HeapProfiler.startSampling", { samplingInterval: HEAP_INTERVAL_BYTES });
  await over();
  return readHeapProfile((await session.post("HeapProfiler.stopSampling")).profile as SampledHeap);
}
