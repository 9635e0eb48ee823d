import { z } from "zod";
import { notHere } from "../validation/notHere.ts";

const count = (min: number, max: number, unit: string) =>
  z.int(`must be a whole number of ${unit}`).min(min, `must be between ${min} and ${max} ${unit}`).max(max, `must be between ${min} and ${max} ${unit}`);

/** One request, whole and after decompression. Larger ones are refused before they are read to the end. */
const receive = z.strictObject({
  requestBytesMax: count(1024, 268_435_456, "bytes").default(16_777_216).describe("Largest request, in bytes after decompression; a larger one is refused."),
  concurrentRequestsMax: count(1, 100_000, "requests")
    .default(1_000)
    .describe("Requests read at the same time over all connections; further ones are refused with a delay."),
});

const batch = z.strictObject({
  sizeMax: count(1, 1_000_000, "spans").default(8_192).describe("A batch is sealed once it holds this many spans."),
  timeoutMs: count(1, 600_000, "milliseconds").default(1_000).describe("A batch is sealed this long after its first span at the latest."),
  sizeMin: notHere("adaptive batching is not available yet; remove it"),
  growWhenQueueAbove: notHere("adaptive batching is not available yet; remove it"),
  shrinkWhenQueueBelow: notHere("adaptive batching is not available yet; remove it"),
});

const queue = z.strictObject({
  spansMax: count(1, 100_000_000, "spans")
    .default(200_000)
    .describe("Spans that may wait for delivery, the ones on their way included; above it requests are refused with a delay."),
  bytesMax: count(65_536, 68_719_476_736, "bytes")
    .default(268_435_456)
    .describe("Bytes that may wait for delivery; above it requests are refused with a delay."),
});

const retry = z
  .strictObject({
    initialMs: count(1, 600_000, "milliseconds").default(100).describe("Upper bound of the first back-off; each further one doubles, with full jitter."),
    maxMs: count(1, 3_600_000, "milliseconds").default(5_000).describe("Largest back-off between two tries."),
    maxElapsedMs: count(0, 86_400_000, "milliseconds")
      .default(300_000)
      .describe("A batch that was not delivered this long after its first try is dropped and counted (reason retry_exhausted)."),
  })
  .refine((value) => value.maxMs >= value.initialMs, { path: ["maxMs"], message: "must be at least initialMs" });

const delivery = z.strictObject({
  concurrency: count(1, 64, "batches").default(4).describe("Batches on their way to the backend at the same time."),
  timeoutMs: count(10, 600_000, "milliseconds").default(10_000).describe("How long one try may take until the backend has answered."),
});

/** How the collector receives, batches, queues and delivers. Times are milliseconds, sizes are bytes or spans as the name says. */
export const pipelineSettingsSchema = z.strictObject({
  receive: receive.prefault({}),
  batch: batch.prefault({}),
  queue: queue.prefault({}),
  retry: retry.prefault({}),
  delivery: delivery.prefault({}),
  breaker: notHere("the circuit breaker is not available yet; remove it"),
  memory: notHere("the memory limiter is not available yet; remove it"),
  wal: notHere("the write-ahead log is not available yet; remove it"),
});

export type PipelineSettings = {
  receive: z.infer<typeof receive>;
  batch: { sizeMax: number; timeoutMs: number };
  queue: z.infer<typeof queue>;
  retry: z.infer<typeof retry>;
  delivery: z.infer<typeof delivery>;
};
