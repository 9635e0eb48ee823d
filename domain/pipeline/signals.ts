import { z } from "zod";

/** What is passed through beside traces: taken in, queued and delivered as it came, never sampled. */
export const SIGNALS = ["metrics", "logs"] as const;
export type Signal = (typeof SIGNALS)[number];

const between = (min: number, max: number, unit: string) => `must be between ${min} and ${max} ${unit}`;
const count = (min: number, max: number, unit: string) =>
  z
    .int(`must be a whole number of ${unit}`)
    .min(min, between(min, max, unit))
    .max(max, between(min, max, unit));

/** Bounds of metrics and of logs, each by itself; how they are batched, tried again and forced to disk is as for spans. */
export const signalSettingsSchema = z.strictObject({
  enabled: z
    .boolean("must be true or false")
    .default(true)
    .describe("Metrics and logs are taken in and passed through to an OTLP destination; off, they are answered UNIMPLEMENTED (501)."),
  itemsMax: count(1, 100_000_000, "items")
    .default(200_000)
    .describe(
      "Data points, and as many log records, that may wait for delivery in memory. Above it they wait in their write-ahead log; without one, requests are refused with a delay.",
    ),
  bytesMax: count(65_536, 68_719_476_736, "bytes")
    .default(67_108_864)
    .describe("Bytes of metrics, and as many of logs, that may wait for delivery in memory; above it as with itemsMax."),
  walBytesMax: count(16_777_216, 1_099_511_627_776, "bytes")
    .default(268_435_456)
    .describe("Bound on disk of the write-ahead log of metrics, and of that of logs; at it their requests are refused with a delay (reason wal_full)."),
});
