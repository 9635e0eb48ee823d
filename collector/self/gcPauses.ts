import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { BucketCounts } from "./bucketCounts.ts";
import type { BucketFigures } from "./planeFigures.ts";

/** As V8 tells them apart: of the young generation, of all, a step of the marking of all, and callbacks of weak references. */
export const GC_KINDS = ["minor", "major", "incremental", "weakcb"] as const;
export type GcKind = (typeof GC_KINDS)[number];

const KIND_OF: Readonly<Record<number, GcKind>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_MINOR_MARK_SWEEP]: "minor",
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weakcb",
};

/** As Node gives it for entries of type gc; its types leave `detail` out. */
type GcEntry = PerformanceEntry & { detail?: { kind?: number } };

/** What pauses took of one window: all together, and the longest. */
export type GcWindow = { gcMs: number; gcLongestMs: number };

/** How long garbage collection held the thread up that this runs in. */
export class GcPauses {
  readonly #counts: Record<GcKind, BucketCounts> = {
    minor: new BucketCounts(),
    major: new BucketCounts(),
    incremental: new BucketCounts(),
    weakcb: new BucketCounts(),
  };
  #windowMs = 0;
  #longestMs = 0;
  readonly #observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const kind = KIND_OF[(entry as GcEntry).detail?.kind ?? 0];
      if (kind !== undefined) this.record(kind, entry.duration);
    }
  });

  start(): void {
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  stop(): void {
    this.#observer.disconnect();
  }

  record(kind: GcKind, ms: number): void {
    this.#counts[kind].record(ms / 1000);
    this.#windowMs += ms;
    if (ms > this.#longestMs) this.#longestMs = ms;
  }

  /** Since the start. */
  figures(): Record<GcKind, BucketFigures> {
    const figures = (kind: GcKind): BucketFigures => {
      const { count, sum } = this.#counts[kind];
      return { cumulative: this.#counts[kind].cumulative(), count, sum };
    };
    return { minor: figures("minor"), major: figures("major"), incremental: figures("incremental"), weakcb: figures("weakcb") };
  }

  /** Since the last call. */
  take(): GcWindow {
    const taken = { gcMs: this.#windowMs, gcLongestMs: this.#longestMs };
    this.#windowMs = 0;
    this.#longestMs = 0;
    return taken;
  }
}
