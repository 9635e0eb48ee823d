import { readdirSync, readFileSync, statSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** Of the heaps of one or several threads. */
export type HeapFigures = { usedBytes: number; totalBytes: number; externalBytes: number; arrayBuffersBytes: number };
/** What the process takes, all its threads together; null where the system does not say. */
export type ProcessFigures = { rssBytes: number; cpuSeconds: number; threads: number | null; openFiles: number | null };
/** Percentiles of one window. */
export type DelayFigures = { p50Ms: number; p99Ms: number };

export function readHeap(): HeapFigures {
  const { heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  return { usedBytes: heapUsed, totalBytes: heapTotal, externalBytes: external, arrayBuffersBytes: arrayBuffers };
}

export function readProcess(): ProcessFigures {
  const { user, system } = process.cpuUsage();
  return { rssBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6, threads: countThreads(), openFiles: countOpenFiles() };
}

/** Linux: field 20 of /proc/PID/stat (proc(5)), counted from behind the name, which may hold anything. */
function countThreads(): number | null {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    const threads = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ", 18)[17]);
    return Number.isInteger(threads) ? threads : null;
  } catch {
    return null;
  }
}

/** Linux since 6.2 says it as the size of the folder; before, they have to be listed. */
function countOpenFiles(): number | null {
  try {
    return statSync("/proc/self/fd").size || readdirSync("/proc/self/fd").length - 1;
  } catch {
    return null;
  }
}

/**
 * How long the turns of the event loop took in each window, which is how long at most something that came during one had to wait. Each turn counts; a timer that samples
 * would wake the process, which was most of what an idle one burns.
 */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ samplePerIteration: true });

  start(): void {
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram.disable();
  }

  /** Since the last call. */
  take(): DelayFigures {
    const none = this.#histogram.count === 0;
    const percentile = (p: number) => (none ? 0 : this.#histogram.percentile(p) / 1e6);
    const taken = { p50Ms: percentile(50), p99Ms: percentile(99) };
    this.#histogram.reset();
    return taken;
  }
}
