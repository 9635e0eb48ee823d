import { z } from "zod";
import { type SamplingPolicy, TIER_NAME_MAX } from "../samplingPolicy.ts";
import { comparisonCountsSchema } from "./comparisonCounts.ts";

export const SHADOW_MINUTES_MAX = 60;
/** Of each kind. */
export const EXAMPLES_MAX = 20;
/** What a shadow may take of the CPU time of the thread it runs in; above it fewer traces are compared. */
export const SHADOW_CPU_SHARE_MAX = 0.05;

/** A candidate to be tried beside the running policy, for so long. */
export type ShadowStart = { policy: SamplingPolicy; minutes: number };

const count = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

/** A trace, or in span scope a span of one, on which the policies disagree. No attribute is told of it, as in explanations. */
const example = z.strictObject({
  traceId: z.string().regex(/^([0-9a-f]{32})?$/),
  service: z.string().max(256),
  /** The name of the root span where it came, else of the first. */
  endpoint: z.string().max(256),
  durationMs: z.number().min(0).nullable(),
  status: z.enum(["unset", "ok", "error"]),
  spans: count,
  liveTier: z.string().max(TIER_NAME_MAX),
  candidateTier: z.string().max(TIER_NAME_MAX),
  atMs: z.number(),
});
export type ShadowExample = z.infer<typeof example>;

/** What a candidate is tried on: what comes in, or what was recorded. */
export type ShadowKind = "live" | "replay";

/** A recording reaches back a week at most, whatever its bounds. */
export const REPLAY_BACK_MS_MAX = 604_800_000;
/** Seconds are the rule; a replay that takes longer than this is given up. */
export const REPLAY_DEADLINE_MS = 600_000;
/** Stretches without a recording that are named, the longest; the rest is counted. */
export const REPLAY_GAPS_MAX = 20;

const gap = z.strictObject({ fromMs: z.number(), untilMs: z.number(), reason: z.string().max(200) });

/** What a comparison over a recording has read so far. Times are Unix milliseconds by the collector's clock. */
const replay = z.strictObject({
  /** Of the recording that is asked for, this share has been read: 0 to 1. */
  progress: z.number().min(0).max(1),
  /** What the recording covers of the time asked for. */
  fromMs: z.number(),
  untilMs: z.number(),
  /** Of the traces, this share was recorded, chosen by a hash of their id; each recorded one stands for 1 / share. */
  recordedShare: z.number().min(0).max(1),
  /** Recorded spans that both policies were asked about, and how many a second. */
  spans: count,
  spansPerS: count,
  /** Traces that were decided before they were due, because no more spans can wait in a replay. */
  decidedEarly: count.optional(),
  /** Attributes whose values the recording does not hold, as far as one of the policies asks for them: conditions on them can't be answered truly. */
  redacted: z.array(z.string().max(256)).max(100),
  /** Where nothing, or not everything, was recorded. */
  gaps: z.array(gap).max(REPLAY_GAPS_MAX),
  gapsLeftOut: count,
});
export type ReplayFigures = z.infer<typeof replay>;

export const SHADOW_STATES = ["running", "ended", "stopped", "memory", "refused"] as const;
export type ShadowState = (typeof SHADOW_STATES)[number];

/** What a collector says of the shadow that runs in it, each few seconds: everything since it began. */
export const shadowReportSchema = z.strictObject({
  /** `ended`: its time was up; `stopped`: it was told to; `memory`: memory was tight; `refused`: it can't run, see `reason`. */
  state: z.enum(SHADOW_STATES),
  reason: z.string().max(1000),
  /** When the counting began: later than the shadow itself where the running policy changed in between. */
  countingSinceMs: z.number(),
  windowMs: count,
  /** The running policy was replaced so often meanwhile; each time the counting began anew. */
  restarts: count,
  /** The running policy: its revision (0: not from a control plane), whether a tier has a budget, its scope and waits. */
  live: z.strictObject({
    revision: z.int().min(0),
    hasBudget: z.boolean(),
    scope: z.enum(["span", "trace"]),
    decisionWaitMs: count,
    decisionWaitAfterRootMs: count,
  }),
  /** Of the traces, this share is compared now. */
  share: z.number().min(0).max(1),
  /** CPU time that the comparison took, and that its threads took in all meanwhile. */
  cpuMs: count,
  threadCpuMs: count,
  counts: comparisonCountsSchema,
  newlyDropped: z.array(example).max(EXAMPLES_MAX),
  newlyKept: z.array(example).max(EXAMPLES_MAX),
  /** Of a comparison over a recording; absent of one over live traffic. */
  replay: replay.optional(),
});
export type ShadowReport = z.infer<typeof shadowReportSchema>;
