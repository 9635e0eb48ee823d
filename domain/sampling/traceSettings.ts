import { z } from "zod";

const count = (min: number, max: number, unit: string) =>
  z.int(`must be a whole number of ${unit}`).min(min, `must be between ${min} and ${max} ${unit}`).max(max, `must be between ${min} and ${max} ${unit}`);

export const ROOT_WAIT_DEFAULT_MS = 2_000;

const decisionCache = z.strictObject({
  entriesMax: count(1_000, 20_000_000, "decisions")
    .default(500_000)
    .describe("Decisions remembered for late spans, about 50 bytes each; the oldest make room for new ones, and are counted."),
  ttlMs: count(1_000, 86_400_000, "milliseconds")
    .default(300_000)
    .describe("How long a decision is remembered after it was taken. A span that comes later begins its trace anew."),
});

/** What trace scope has besides the tiers: how long spans wait for their trace, and how much may wait. */
export const traceSettingsShape = {
  decisionWaitMs: count(10, 3_600_000, "milliseconds")
    .default(10_000)
    .describe("A trace is decided this long after its first span. What comes later follows the decision."),
  decisionWaitAfterRootMs: count(0, 3_600_000, "milliseconds")
    .optional()
    .describe("A trace is decided this long after its root span, if that is earlier; without it 2000, or `decisionWaitMs` where that is less."),
  tracesMax: count(1_000, 10_000_000, "traces")
    .default(100_000)
    .describe("Traces that may wait. At the bound the oldest are decided early, and counted; nothing is lost."),
  spansMax: count(1_000, 50_000_000, "spans").default(500_000).describe("Spans that may wait, with the same rule."),
  bytesMax: count(33_554_432, 68_719_476_736, "bytes")
    .default(268_435_456)
    .describe("Bytes that waiting spans may hold, with the same rule; the index takes about 40 bytes a span besides."),
  decisionCache: decisionCache.prefault({}),
};

export type TraceSettings = {
  decisionWaitMs: number;
  decisionWaitAfterRootMs: number;
  tracesMax: number;
  spansMax: number;
  bytesMax: number;
  decisionCache: z.infer<typeof decisionCache>;
};
