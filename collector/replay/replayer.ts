import { Worker } from "node:worker_threads";
import type { ShadowReport, ShadowState } from "#domain/sampling/compare/shadowReport.ts";
import { messageOf } from "../appError.ts";
import { noReplay } from "./noReplay.ts";
import type { ReplayTask } from "./replayRecording.ts";

/**
 * Far above where a replay ends by itself (`HEAP_BYTES_MAX`): V8 ends a thread that comes near its limit slowly, but the whole process where one leaps over it. What waits for its
 * decision has a bound of its own beside it (`WAITING_BOUNDS`).
 */
const HEAP_MB = 768;
/** A thread of low priority may not get to know that it shall stop while others are busy: then it is ended. */
const CANCEL_MS = 150;

export type RunningReplay = {
  /** It ends within a fifth of a second: as `stopped`, or as `state` with why. */
  cancel(state?: ShadowState, reason?: string): void;
  /** The last report, once it is over; never rejects. The thread may take a moment more to end. */
  readonly over: Promise<ShadowReport>;
};
type Parts = { thread?: URL; heapMb?: number };

/** Runs replays, each in a thread of its own, that can do the collector no harm: it ends by itself, has a bound for its memory and gives way to all other threads. */
export class Replayer {
  readonly #thread: URL;
  readonly #heapMb: number;
  /** What ends each, with its last report at once. */
  readonly #running = new Map<Worker, () => Promise<unknown>>();

  constructor({ thread = new URL("./replayThread.ts", import.meta.url), heapMb = HEAP_MB }: Parts = {}) {
    this.#thread = thread;
    this.#heapMb = heapMb;
  }

  /** `tell` gets each report but the last. */
  start(task: ReplayTask, tell: (report: ShadowReport) => void): RunningReplay {
    const worker = new Worker(this.#thread, { workerData: task, resourceLimits: { maxOldGenerationSizeMb: this.#heapMb } });
    const { promise: over, resolve } = Promise.withResolvers<ShadowReport>();
    let last: ShadowReport | undefined;
    let cancelled: { state: ShadowState; reason: string } | undefined;
    let isOver = false;
    const end = (state: ShadowState, reason: string) => {
      if (isOver) return;
      isOver = true;
      const report = last ?? noReplay(state, reason, task.baseline, task.revision);
      // What was counted until then holds, unless nobody knows what went wrong.
      resolve(state === "refused" ? noReplay(state, reason, task.baseline, task.revision) : { ...report, state, reason });
    };
    worker.on("message", (report: ShadowReport) => {
      last = report;
      if (isOver) return;
      if (report.state === "running") tell(report);
      else if (report.state === "stopped" && cancelled !== undefined) end(cancelled.state, cancelled.reason);
      else end(report.state, report.reason);
    });
    worker.on("error", (error) => {
      if ("code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
        return end("memory", `the thread that reads the recording needed more than the ${this.#heapMb} MB of heap that it may have; try it over fewer hours`);
      }
      end("refused", `the thread that reads the recording failed: ${messageOf(error)}`);
    });
    worker.on("exit", (code) => {
      this.#running.delete(worker);
      if (cancelled !== undefined) end(cancelled.state, cancelled.reason);
      end("refused", `the thread that reads the recording ended with ${code}`);
    });
    this.#running.set(worker, () => {
      end("stopped", "the collector was stopped");
      return worker.terminate();
    });
    return {
      over,
      cancel(state = "stopped", reason = "") {
        if (isOver || cancelled !== undefined) return;
        cancelled = { state, reason };
        worker.postMessage("cancel");
        const timer = setTimeout(() => {
          end(state, reason);
          void worker.terminate();
        }, CANCEL_MS);
        void over.then(() => clearTimeout(timer));
      },
    };
  }

  /** Because the collector stops: the last reports come at once, the threads may take a moment to end. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((stop) => stop()));
  }
}
