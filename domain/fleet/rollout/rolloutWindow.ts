import { z } from "zod";
import { ExponentialHistogram } from "../../telemetry/exponentialHistogram.ts";
import { histogramSnapshotSchema } from "../../telemetry/measurement.ts";

/** Of one window. */
export const MISSING_NAMED_MAX = 10;
const total = z.number().min(0);

/** One side of a rollout in one window: what its collectors measured, added up. Spans and bytes are those of the window; times are in seconds. */
export const sideFiguresSchema = z.strictObject({
  /** Connected, and of those how many had something to say. */
  collectors: total,
  reporting: total,
  /** Those of whose time in the window some is not measured, neither in it nor by a later measurement, since counters are totals. Absent where an older version wrote it. */
  gaps: total.optional(),
  /** Some of them. */
  missing: z.array(z.string()).max(MISSING_NAMED_MAX).optional(),
  /** First byte in to answer out; null where no request ended. */
  acknowledgement: histogramSnapshotSchema.nullable(),
  /** Of the fullest queue; null where nobody reported. */
  queueShare: total.nullable(),
  /** Resident memory by the second: the sum, and of how many collectors. */
  rss: z.array(z.strictObject({ atMs: total, bytes: total, of: total })).max(120),
  received: total,
  kept: total,
  refused: total,
  dropped: total,
  bytesKept: total,
  cpuSeconds: total,
  /** What the figures above are of: the times between measurements, added up over the collectors. */
  seconds: total.default(0),
});
export type SideFigures = z.infer<typeof sideFiguresSchema>;

export const windowFiguresSchema = z.strictObject({ changed: sideFiguresSchema, control: sideFiguresSchema });
export type WindowFigures = z.infer<typeof windowFiguresSchema>;
/** `atMs`: when it began. */
export type RolloutWindow = WindowFigures & { atMs: number };

export const NO_FIGURES: SideFigures = {
  collectors: 0,
  reporting: 0,
  gaps: 0,
  missing: [],
  acknowledgement: null,
  queueShare: null,
  rss: [],
  received: 0,
  kept: 0,
  refused: 0,
  dropped: 0,
  bytesKept: 0,
  cpuSeconds: 0,
  seconds: 0,
};

/** Of the same window, as two replicas saw parts of it. */
export function mergeWindows(one: WindowFigures, other: WindowFigures): WindowFigures {
  return { changed: mergeSides(one.changed, other.changed), control: mergeSides(one.control, other.control) };
}

export function mergeSides(one: SideFigures, other: SideFigures): SideFigures {
  const rss = new Map(one.rss.map((sample) => [sample.atMs, sample]));
  for (const sample of other.rss) {
    const known = rss.get(sample.atMs);
    rss.set(sample.atMs, known ? { atMs: sample.atMs, bytes: known.bytes + sample.bytes, of: known.of + sample.of } : sample);
  }
  return {
    collectors: one.collectors + other.collectors,
    reporting: one.reporting + other.reporting,
    gaps: gapsOf(one) + gapsOf(other),
    missing: [...new Set([...(one.missing ?? []), ...(other.missing ?? [])])].slice(0, MISSING_NAMED_MAX),
    acknowledgement: mergeHistograms(one.acknowledgement, other.acknowledgement),
    queueShare: one.queueShare === null ? other.queueShare : Math.max(one.queueShare, other.queueShare ?? 0),
    rss: [...rss.values()].sort((a, b) => a.atMs - b.atMs),
    received: one.received + other.received,
    kept: one.kept + other.kept,
    refused: one.refused + other.refused,
    dropped: one.dropped + other.dropped,
    bytesKept: one.bytesKept + other.bytesKept,
    cpuSeconds: one.cpuSeconds + other.cpuSeconds,
    seconds: one.seconds + other.seconds,
  };
}

/** What an older version wrote says only who reported nothing in the window. */
export function gapsOf({ gaps, collectors, reporting }: Pick<SideFigures, "gaps" | "collectors" | "reporting">): number {
  return gaps ?? Math.max(0, collectors - reporting);
}

function mergeHistograms(one: SideFigures["acknowledgement"], other: SideFigures["acknowledgement"]): SideFigures["acknowledgement"] {
  if (one === null || other === null) return one ?? other;
  const merged = ExponentialHistogram.fromSnapshot(one);
  merged.merge(ExponentialHistogram.fromSnapshot(other));
  return merged.snapshot();
}

/** In seconds; null where no request ended. */
export function p99Of({ acknowledgement }: SideFigures): number | null {
  return acknowledgement === null ? null : ExponentialHistogram.fromSnapshot(acknowledgement).quantile(0.99);
}

/** Mean resident memory of one collector over the window; null where nobody reported. */
export function meanRssOf({ rss }: SideFigures): number | null {
  const of = rss.reduce((sum, sample) => sum + sample.of, 0);
  return of === 0 ? null : rss.reduce((sum, { bytes }) => sum + bytes, 0) / of;
}

/** Of what was offered; null where nothing was. */
export function refusedShareOf({ received, refused }: Pick<SideFigures, "received" | "refused">): number | null {
  return received + refused === 0 ? null : refused / (received + refused);
}

/** Of what was received; null where nothing was. */
export function keptShareOf({ received, kept }: Pick<SideFigures, "received" | "kept">): number | null {
  return received === 0 ? null : Math.min(1, kept / received);
}

/** What a side had over several windows. */
export function sumOf(sides: readonly SideFigures[]): Pick<SideFigures, "received" | "kept" | "refused" | "dropped" | "bytesKept" | "cpuSeconds" | "seconds"> {
  const sums = { received: 0, kept: 0, refused: 0, dropped: 0, bytesKept: 0, cpuSeconds: 0, seconds: 0 };
  for (const side of sides) for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += side[key];
  return sums;
}

/** Whether nobody is left to compare with: all that were there are changed, or away. */
export function isWithoutControl(windows: readonly RolloutWindow[]): boolean {
  return windows.length > 0 && windows.every(({ control }) => control.collectors === 0);
}
