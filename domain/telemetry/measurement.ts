import { z } from "zod";

/**
 * What a collector says about itself each second. Counters are totals since `processStartMs`, so a lost measurement loses nothing;
 * histograms hold only what was recorded in this window. Times are Unix milliseconds by the collector's clock.
 */
export { STAGES, type Stage } from "./stages.ts";

const total = z.number().min(0);
const named = z.strictObject({ reason: z.string().max(64), spans: total, requests: total });

/** Trace scope: what waits, against which bounds (0 where the running policy decides span by span), and how decisions came about since the start. */
export const traceFiguresSchema = z.strictObject({
  waitingTraces: total,
  /** Bytes that waiting spans hold, in whole chunks; the index (about 40 bytes a span) is not in it. `waiting` beside it counts the spans. */
  heldBytes: total,
  tracesMax: total,
  spansMax: total,
  bytesMax: total,
  tracesKept: total,
  tracesSampledOut: total,
  /** Of the traces decided, those before their time: at a bound, at a stop, or because a change of policy asked for it. */
  tracesDecidedEarly: total,
  /** Spans that came after the decision on their trace and followed it. */
  lateKept: total,
  lateSampledOut: total,
  cacheEntries: total,
  cacheEntriesMax: total,
  cacheHits: total,
  cacheMisses: total,
  cacheEvictions: total,
  cacheExpirations: total,
});
export type TraceFigures = z.infer<typeof traceFiguresSchema>;
/** Of a collector that never had trace scope. */
export const NO_TRACES: TraceFigures = {
  waitingTraces: 0,
  heldBytes: 0,
  tracesMax: 0,
  spansMax: 0,
  bytesMax: 0,
  tracesKept: 0,
  tracesSampledOut: 0,
  tracesDecidedEarly: 0,
  lateKept: 0,
  lateSampledOut: 0,
  cacheEntries: 0,
  cacheEntriesMax: 0,
  cacheHits: 0,
  cacheMisses: 0,
  cacheEvictions: 0,
  cacheExpirations: 0,
};

/** Exponential histogram of durations in seconds, OpenTelemetry data model: base 2^(2^-scale), bucket i covers (base^(offset+i), base^(offset+i+1)]. */
export const histogramSnapshotSchema = z.strictObject({
  scale: z.int().min(-10).max(20),
  count: total,
  sum: z.number(),
  min: z.number(),
  max: z.number(),
  zeroCount: total,
  offset: z.int(),
  counts: z.array(total).max(320),
});
export type HistogramSnapshot = z.infer<typeof histogramSnapshotSchema>;

export const measurementSchema = z.strictObject({
  atMs: z.number().positive(),
  windowMs: z.number().positive(),
  processStartMs: z.number().positive(),
  revision: z.int().min(0),
  // ledger: received = sampledOut + waiting + queued + delivered + dropped
  received: total,
  sampledOut: total,
  waiting: total,
  queued: total,
  delivered: total,
  dropped: total,
  refused: total,
  // of `received`, how many came from the sample-traffic generator
  sampleReceived: total,
  kept: total,
  requests: total,
  bytesReceived: total,
  bytesKept: total,
  bytesDelivered: total,
  tiers: z
    .array(
      z.strictObject({
        name: z.string().max(64),
        kept: total,
        sampledOut: total,
        bytesKept: total,
        bytesSampledOut: total,
        /** The share kept at this moment, of a budget tier the one in force; null for a tier that the running policy does not have. */
        ratio: z.number().min(0).max(1).nullable(),
      }),
    )
    .max(320),
  trace: traceFiguresSchema,
  droppedByReason: z.array(named).max(64),
  refusedByReason: z.array(named).max(64),
  queueSpans: total,
  queueBytes: total,
  queueCapacitySpans: total,
  queueCapacityBytes: total,
  rssBytes: total,
  heapUsedBytes: total,
  externalBytes: total,
  cpuSeconds: total,
  eventLoopDelayP99Ms: total,
  archiveBytes: total,
  archiveBytesMax: total,
  /** First byte in to answer out, per request. */
  acknowledgement: histogramSnapshotSchema,
  stages: z.strictObject({
    network: histogramSnapshotSchema,
    queueWait: histogramSnapshotSchema,
    decisionWait: histogramSnapshotSchema,
    processing: histogramSnapshotSchema,
    serialization: histogramSnapshotSchema,
    export: histogramSnapshotSchema,
  }),
});
export type Measurement = z.infer<typeof measurementSchema>;
