import { monitorEventLoopDelay } from "node:perf_hooks";

/** Each sample wakes the process, which was a third of what an idle one burns at 20 ms. What stands still for longer than this is always seen. */
const RESOLUTION_MS = 50;

export type RuntimeFigures = { rssBytes: number; heapUsedBytes: number; externalBytes: number; cpuSeconds: number };

/** What the process itself takes, all its threads together. `heap`: of every thread that has one. */
export function runtimeFigures(heap: { usedBytes: number; externalBytes: number }): RuntimeFigures {
  const { user, system } = process.cpuUsage();
  return { rssBytes: process.memoryUsage.rss(), heapUsedBytes: heap.usedBytes, externalBytes: heap.externalBytes, cpuSeconds: (user + system) / 1e6 };
}

/** How late the event loop was in each window. */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  start(): void {
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram.disable();
  }

  /** The 99th percentile since the last call. Node's figure includes the sampling interval, which is no delay. */
  takeP99Ms(): number {
    const p99 = this.#histogram.count === 0 ? 0 : this.#histogram.percentile(99) / 1e6 - RESOLUTION_MS;
    this.#histogram.reset();
    return Math.max(0, p99);
  }
}
