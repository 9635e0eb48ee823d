import { z } from "zod";
import { keepAllCountsSchema } from "../fleet/keepAll.ts";
import { SIGNALS } from "../pipeline/signals.ts";
import { overlapFiguresSchema } from "../sampling/overlaps.ts";
import { tierWatchesSchema } from "../sampling/tierSilence.ts";

/**
 * What a collector says about itself each second. Counters are totals since `processStartMs`, so a lost measurement loses nothing;
 * histograms hold only what was recorded in this window. Times are Unix milliseconds by the collector's clock.
 */
export { STAGES, type Stage } from "./stages.ts";

const total = z.number().min(0);
const named = z.strictObject({ reason: z.string().max(96), spans: total, requests: total });

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

export const BREAKER_STATES = ["closed", "open", "half-open"] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];
/** `full`: at its bound; `behind`: the disk is slower than the traffic; `failed`: it can't be written or read. In the last three requests are refused or at risk. */
export const WAL_STATES = ["off", "ok", "full", "behind", "failed"] as const;
export type WalState = (typeof WAL_STATES)[number];
export const DESTINATIONS_MAX = 16;

/** One destination: a queue, a breaker, and a write-ahead log of its own. Counters are totals since the start of the process. */
export const destinationFiguresSchema = z.strictObject({
  /** `default`, or the name of the route. */
  name: z.string().max(64),
  /** Kept spans not yet answered for by the backend, in memory or in the log alone. */
  queuedSpans: total,
  /** Of those, what is held in memory. */
  memorySpans: total,
  memoryBytes: total,
  delivered: total,
  dropped: total,
  /** Batches sent for the first time, sent again, and how many of both failed in a way that allows another try. */
  firstTries: total,
  retries: total,
  failedTries: total,
  /** Times that a retry had to wait because the retry budget was used up. */
  retriesHeldBack: total,
  breaker: z.enum(BREAKER_STATES),
  /** When it came into that state. */
  breakerSinceMs: total,
  /** How often it opened. */
  breakerOpened: total,
  /** What the backend said last when a try failed; empty when none did. */
  lastFailure: z.string().max(500),
  lastFailureMs: total,
  wal: z.enum(WAL_STATES),
  /** Why it is not `ok`. */
  walProblem: z.string().max(500),
  walBytes: total,
  walBytesMax: total,
  /** Age of the oldest span in it that is not delivered, in milliseconds. */
  walAgeMs: total,
  /** Spans that are in the log alone: they come from before the start, or had no room in memory. */
  walOnlySpans: total,
  batchSize: total,
  batchSizeMin: total,
  batchSizeMax: total,
});
export type DestinationFigures = z.infer<typeof destinationFiguresSchema>;

/** Metrics or logs, passed through: data points or log records, as totals since the start of the process; received = queued + delivered + dropped. */
export const signalTotalsSchema = z.strictObject({
  signal: z.enum(SIGNALS),
  received: total,
  /** Of those, back from the write-ahead log. */
  recovered: total,
  queued: total,
  delivered: total,
  dropped: total,
  /** Where they could be counted; `refusedRequests` counts all that were turned away. */
  refused: total,
  requests: total,
  refusedRequests: total,
  bytesReceived: total,
  bytesDelivered: total,
  breaker: z.enum(BREAKER_STATES),
  lastFailure: z.string().max(500),
  wal: z.enum(WAL_STATES),
  walProblem: z.string().max(500),
  walBytes: total,
});
export type SignalTotals = z.infer<typeof signalTotalsSchema>;

/** `tight`: above the soft mark, tiers are shed; `full`: at the limit, everything is refused. */
export const MEMORY_STATES = ["ok", "tight", "full"] as const;
export const memoryFiguresSchema = z.strictObject({ state: z.enum(MEMORY_STATES), limitBytes: total, softBytes: total });
export type MemoryFigures = z.infer<typeof memoryFiguresSchema>;

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

/** What the runtime takes besides memory and CPU; of several threads what can be added is, of delays and pauses the longest counts. */
export const runtimeFiguresSchema = z.strictObject({
  heapTotalBytes: total,
  /** Of `externalBytes` of the measurement, what buffers hold. */
  arrayBuffersBytes: total,
  eventLoopDelayP50Ms: total,
  /** In this window: garbage collection held the threads up so long, and at most so long at once. */
  gcMs: total,
  gcLongestMs: total,
  /** Null where the system does not say. */
  threads: total.nullable(),
  openFiles: total.nullable(),
});

/** What is recorded for replays. Totals are since the process started. */
export const recordingFiguresSchema = z.strictObject({
  /** When the oldest file on disk began; 0 while there is none. */
  sinceMs: total,
  bytes: total,
  bytesMax: total,
  /** Of the traces, that is recorded now; 0 where nothing is. */
  share: z.number().min(0).max(1),
  spansRecorded: total,
  /** That should have been recorded and were not. */
  spansSkipped: total,
  /** Why nothing is recorded at this moment; empty when it is. */
  problem: z.string().max(500),
});
export type RecordingFigures = z.infer<typeof recordingFiguresSchema>;

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
  // of `received`, how many came back from the write-ahead log at the start of the process: a process before it had received them
  recovered: total,
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
  /** Null in most measurements: they are told every ten seconds. */
  overlaps: overlapFiguresSchema.nullable(),
  /** Empty in most measurements: they are told each minute. */
  tierWatches: tierWatchesSchema,
  /** Of what is kept in full for a while, and of what was lately. */
  keepAll: keepAllCountsSchema,
  trace: traceFiguresSchema,
  /** The first is `default`. */
  destinations: z.array(destinationFiguresSchema).min(1).max(DESTINATIONS_MAX),
  memory: memoryFiguresSchema,
  /** Those that ever came. */
  signals: z.array(signalTotalsSchema).max(SIGNALS.length),
  droppedByReason: z.array(named).max(320),
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
  /** Null of a collector that is too old to say. */
  runtime: runtimeFiguresSchema.nullable(),
  archiveBytes: total,
  archiveBytesMax: total,
  /** Null where recording is off, and of a collector that is too old to record. */
  recording: recordingFiguresSchema.nullable(),
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
