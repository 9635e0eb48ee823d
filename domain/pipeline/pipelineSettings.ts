import { z } from "zod";
import { REDACTED_BY_DEFAULT, redactSchema } from "./redaction.ts";
import { signalSettingsSchema } from "./signals.ts";

const count = (min: number, max: number, unit: string) =>
  z.int(`must be a whole number of ${unit}`).min(min, `must be between ${min} and ${max} ${unit}`).max(max, `must be between ${min} and ${max} ${unit}`);

/** One request, whole and after decompression. Larger ones are refused before they are read to the end. */
const receive = z.strictObject({
  requestBytesMax: count(1024, 268_435_456, "bytes").default(16_777_216).describe("Largest request, in bytes after decompression; a larger one is refused."),
  concurrentRequestsMax: count(1, 100_000, "requests")
    .default(1_000)
    .describe("Requests read at the same time over all connections; further ones are refused with a delay."),
  clientRequestsMax: count(1, 10_000, "requests")
    .default(64)
    .describe("Requests of one client (one connection) at the same time; gRPC clients are told and wait, further ones are refused with a delay."),
});

const batch = z
  .strictObject({
    sizeMin: count(1, 1_000_000, "spans")
      .optional()
      .describe("Smallest size of a batch, with which a collector begins. Not given: 512, or sizeMax where that is smaller."),
    sizeMax: count(1, 1_000_000, "spans")
      .default(8_192)
      .describe("Largest size of a batch: it is sealed once it holds the size in force, which lies between the two."),
    timeoutMs: count(1, 600_000, "milliseconds").default(1_000).describe("A batch is sealed this long after its first span at the latest."),
    growWhenQueueAbove: count(1, 100_000_000, "spans").default(10_000).describe("The size of a batch doubles while more spans than this are queued."),
    shrinkWhenQueueBelow: count(0, 100_000_000, "spans").default(1_000).describe("The size of a batch halves while fewer spans than this are queued."),
  })
  .superRefine(({ sizeMin, sizeMax, growWhenQueueAbove, shrinkWhenQueueBelow }, ctx) => {
    const say = (field: string, message: string) => ctx.addIssue({ code: "custom", path: [field], message });
    if (sizeMin !== undefined && sizeMin > sizeMax) say("sizeMin", `must be at most sizeMax (${sizeMax}), got ${sizeMin}`);
    // Else a size that has just doubled would halve again.
    if (shrinkWhenQueueBelow * 2 > growWhenQueueAbove)
      say("shrinkWhenQueueBelow", `must be at most half of growWhenQueueAbove (${growWhenQueueAbove}), got ${shrinkWhenQueueBelow}`);
  })
  .transform((given) => ({ ...given, sizeMin: given.sizeMin ?? Math.min(512, given.sizeMax) }));

const queue = z.strictObject({
  spansMax: count(1, 100_000_000, "spans")
    .default(200_000)
    .describe(
      "Spans that may wait for delivery in memory, the ones on their way included. Above it they wait in the write-ahead log; without one, requests are refused with a delay.",
    ),
  bytesMax: count(65_536, 68_719_476_736, "bytes").default(268_435_456).describe("Bytes that may wait for delivery in memory; above it as with spansMax."),
});

const retry = z
  .strictObject({
    initialMs: count(1, 600_000, "milliseconds").default(100).describe("Upper bound of the first back-off; each further one doubles, with full jitter."),
    maxMs: count(1, 3_600_000, "milliseconds").default(5_000).describe("Largest back-off between two tries."),
    maxElapsedMs: count(0, 86_400_000, "milliseconds")
      .default(300_000)
      .describe(
        "A batch that was not delivered this long after its first try is dropped and counted (reason retry_exhausted). Time in which the breaker is not closed does not count.",
      ),
    budgetRatio: z
      .number("must be a number between 0 and 1")
      .min(0, "must be between 0 and 1")
      .max(1, "must be between 0 and 1")
      .default(0.1)
      .describe(
        "Over any 10 s there are at most so many retries for each first try (0.1: one for ten), so that retries never multiply the load on a backend in trouble.",
      ),
    budgetFloorPerSecond: z
      .number("must be a number of retries a second")
      .min(0.01, "must be between 0.01 and 1000 retries a second")
      .max(1_000, "must be between 0.01 and 1000 retries a second")
      .default(1)
      .describe("Retries a second that are allowed beyond that, so that a batch is tried again where there is little traffic."),
  })
  .refine((value) => value.maxMs >= value.initialMs, { path: ["maxMs"], message: "must be at least initialMs" });

const delivery = z.strictObject({
  concurrency: count(1, 64, "batches").default(4).describe("Batches on their way to the backend at the same time."),
  timeoutMs: count(10, 600_000, "milliseconds").default(10_000).describe("How long one try may take until the backend has answered."),
});

const breaker = z.strictObject({
  failureThreshold: count(1, 1_000_000, "failures").default(5).describe("So many retryable failures in a row open the breaker: nothing is sent any more."),
  openForMs: count(10, 3_600_000, "milliseconds")
    .default(30_000)
    .describe("How long it stays open before probes are let through; longer where the backend asked for a longer delay."),
  probes: count(1, 64, "batches")
    .default(1)
    .describe(
      "Batches that are let through at the same time while it is half-open. It closes when so many were delivered, and opens again at the first failure.",
    ),
});

const memory = z.strictObject({
  limitBytes: count(134_217_728, 1_099_511_627_776, "bytes")
    .default(536_870_912)
    .describe("Resident memory at which every request is refused with a delay (reason memory_limit)."),
  softRatio: z
    .number("must be a number between 0.5 and 0.99")
    .min(0.5, "must be between 0.5 and 0.99")
    .max(0.99, "must be between 0.5 and 0.99")
    .default(0.8)
    .describe(
      "Share of limitBytes from which kept spans are shed, the last tier's first and the first tier's never; each is counted as dropped (reason shed:TIER).",
    ),
});

const wal = z.strictObject({
  enabled: z
    .boolean("must be true or false")
    .default(true)
    .describe("Kept spans are written to a log on disk before the request is acknowledged, and survive a kill of the process."),
  bytesMax: count(16_777_216, 1_099_511_627_776, "bytes")
    .default(1_073_741_824)
    .describe("Bound on disk, for each destination; at it requests are refused with a delay (reason wal_full)."),
  fsync: z
    .enum(["always", "interval", "never"], "must be always, interval or never")
    .default("interval")
    .describe(
      "When what was written is forced to the disk itself: before each acknowledgement, every fsyncMs, or when the operating system likes. It matters when the machine fails, not when the process does.",
    ),
  fsyncMs: count(10, 60_000, "milliseconds").default(1_000).describe("With fsync interval: the most that a failure of the machine can lose."),
  whenBroken: z
    .enum(["continue", "refuse"], "must be continue or refuse")
    .default("continue")
    .describe(
      "What happens while the log can't be written (disk full, read-only): go on with the queue in memory alone, or refuse requests with a delay (reason wal_failed).",
    ),
  waiting: z
    .boolean("must be true or false")
    .default(false)
    .describe(
      "In trace scope: everything that waits for a decision is written as well, and survives a kill. Costs the disk all that is received, not only what is kept.",
    ),
});

const recording = z.strictObject({
  enabled: z
    .boolean("must be true or false")
    .default(true)
    .describe(
      "A share of the traces that come in, kept or not, is recorded on the collector's disk, so that a policy can be tried over the last hours. Off: nothing is recorded, and what is there is deleted.",
    ),
  bytesMax: count(16_777_216, 1_099_511_627_776, "bytes").default(268_435_456).describe("Bound on disk; at it the oldest goes."),
  hoursMax: count(1, 168, "hours").default(24).describe("What is older is deleted."),
  spansPerSecondMax: count(1, 1_000_000, "spans a second")
    .default(500)
    .describe("About so many spans a second are recorded at most: the share of the traces follows the traffic, down at once and up slowly."),
  redact: redactSchema
    .default([...REDACTED_BY_DEFAULT])
    .describe(
      "Attributes whose values are never written, wherever they occur; a * at the end stands for whatever follows. What was recorded under a list without a key that is added is deleted.",
    ),
});

/** How the collector receives, batches, queues and delivers. Times are milliseconds, sizes are bytes or spans as the name says. */
export const pipelineSettingsSchema = z.strictObject({
  receive: receive.prefault({}),
  batch: batch.prefault({}),
  queue: queue.prefault({}),
  retry: retry.prefault({}),
  delivery: delivery.prefault({}),
  breaker: breaker.prefault({}),
  memory: memory.prefault({}),
  wal: wal.prefault({}),
  signals: signalSettingsSchema.prefault({}),
  recording: recording.prefault({}),
});

export type PipelineSettings = z.infer<typeof pipelineSettingsSchema>;
export type RecordingSettings = PipelineSettings["recording"];
