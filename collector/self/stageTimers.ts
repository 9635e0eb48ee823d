import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import { type HistogramSnapshot, STAGES, type Stage } from "#domain/telemetry/measurement.ts";
import { BucketCounts } from "./bucketCounts.ts";

const WINDOWS_KEPT = 60;

export type WindowSnapshot = { acknowledgement: HistogramSnapshot; stages: Record<Stage, HistogramSnapshot> };

/** How long requests and batches spent in each stage: one window of exponential histograms for measurements, fixed buckets since start for Prometheus. */
export class StageTimers {
  readonly totals: Record<Stage, BucketCounts> = perStage(() => new BucketCounts());
  readonly acknowledgementTotal = { count: 0, sum: 0 };
  readonly #window: Record<Stage, ExponentialHistogram> = perStage(() => new ExponentialHistogram());
  /** Acknowledgements by window, newest at `#newest`; together with the open one they are the last minute. */
  readonly #acknowledged: ExponentialHistogram[] = Array.from({ length: WINDOWS_KEPT }, () => new ExponentialHistogram());
  #newest = 0;

  record(stage: Stage, seconds: number): void {
    this.#window[stage].record(seconds);
    this.totals[stage].record(seconds);
  }

  acknowledged(seconds: number): void {
    this.#acknowledged[this.#newest].record(seconds);
    this.acknowledgementTotal.count++;
    this.acknowledgementTotal.sum += seconds;
  }

  /** Ends the window (called once a second) and begins the next. */
  endWindow(): WindowSnapshot {
    const snapshot = {
      acknowledgement: this.#acknowledged[this.#newest].snapshot(),
      stages: perStage((stage) => {
        const taken = this.#window[stage].snapshot();
        this.#window[stage].reset();
        return taken;
      }),
    };
    this.#newest = (this.#newest + 1) % WINDOWS_KEPT;
    this.#acknowledged[this.#newest].reset();
    return snapshot;
  }

  lastMinute(): ExponentialHistogram {
    const merged = new ExponentialHistogram();
    for (const window of this.#acknowledged) merged.merge(window);
    return merged;
  }
}

function perStage<T>(make: (stage: Stage) => T): Record<Stage, T> {
  return Object.fromEntries(STAGES.map((stage) => [stage, make(stage)])) as Record<Stage, T>;
}
