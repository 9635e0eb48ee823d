import { z } from "zod";
import { conditionSchema } from "./condition.ts";

/** A collector's answer to "why was this trace kept, or not?". Every time is Unix milliseconds by the collector's clock; null is not known. */

const count = z.number().min(0);
const ms = z.number().min(0).nullable();

/** What began the decision: its time had come, the root had come a while ago, a bound, and so on. */
export const DECISION_CAUSES = ["wait", "rootWait", "tracesMax", "spansMax", "bytesMax", "policyChange", "shutdown", "atOnce"] as const;
export type DecisionCause = (typeof DECISION_CAUSES)[number];
/** The causes that count as early: the trace might have got more spans. */
export const EARLY_CAUSES: readonly DecisionCause[] = ["tracesMax", "spansMax", "bytesMax", "policyChange", "shutdown"];

/** The span that fulfilled one comparison of the tier's condition: the first that did. */
const witness = z.strictObject({ condition: conditionSchema, spanId: z.string().max(16), spanName: z.string().max(256), service: z.string().max(256) });

const decision = z.strictObject({
  kept: z.boolean(),
  tier: z.string().max(64),
  tierCondition: conditionSchema.nullable(),
  keep: z.enum(["ratio", "budget"]),
  ratio: z.number().min(0).max(1),
  /** As `th` and `rv` are written: 14 hex digits; `never` for a tier that keeps nothing. */
  threshold: z.string().regex(/^([0-9a-f]{14}|never)$/),
  randomness: z.string().regex(/^[0-9a-f]{14}$/),
  explicitRandomness: z.boolean(),
  /** 0: the configuration did not come from the control plane. */
  revision: z.int().min(0),
  configHash: z.string().max(64),
  spans: count,
  bytes: count,
  decidedAtMs: z.number(),
  /** Kept because of a break glass: its id, and the tier of the policy that would have decided, and how. */
  breakGlass: z.strictObject({ id: z.string().max(64), tier: z.string().max(64), policyKeeps: z.boolean() }).optional(),
});

/** The trace's own way through the collector, each stage in milliseconds; of a trace in several requests, network and processing of the first. */
const stages = z.strictObject({ network: ms, processing: ms, decisionWait: ms, serialization: ms, queueWait: ms, export: ms });
export type ExplainedStages = z.infer<typeof stages>;

export const explanationSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("decided"),
    traceId: z.string(),
    scope: z.enum(["span", "trace"]),
    /** One in trace scope. In span scope one for each tier and outcome that spans of the trace met with. */
    decisions: z.array(decision).min(1).max(64),
    cause: z.enum(DECISION_CAUSES),
    witnesses: z.array(witness).max(16),
    /** Last end minus first start, where both are known and in that order. */
    durationMs: ms,
    rootSeen: z.boolean().nullable(),
    lateSpans: count,
    firstSeenAtMs: z.number(),
    stages,
    delivery: z.enum(["notKept", "waiting", "queued", "delivered", "dropped", "notFollowed"]),
    /** Why it was dropped, or what the backend said last. */
    deliveryMessage: z.string().max(1000),
  }),
  /** The decision is still remembered for late spans, but not how it came about. */
  z.strictObject({
    kind: z.literal("remembered"),
    traceId: z.string(),
    kept: z.boolean(),
    tier: z.string().max(64),
    threshold: z.string(),
    decidedAtMs: z.number(),
  }),
  z.strictObject({
    kind: z.literal("waiting"),
    traceId: z.string(),
    spans: count,
    bytes: count,
    firstSeenAtMs: z.number(),
    decidesAtMs: z.number(),
    rootSeen: z.boolean(),
    /** The tier that would decide if no more spans came. */
    tierNow: z.string().max(64),
    revision: z.int().min(0),
  }),
  /** Spans of it came, but its decision is forgotten. Of traces that never came, about one in `falseAlarmOneIn` is taken for such a one. */
  z.strictObject({ kind: z.literal("forgotten"), traceId: z.string(), keptForTraces: count, falseAlarmOneIn: count }),
  /** No span of it came since the process started. Certain. */
  z.strictObject({ kind: z.literal("neverSeen"), traceId: z.string(), sinceMs: z.number() }),
  /** No span of it came since then; what came before is not remembered any more. */
  z.strictObject({ kind: z.literal("unknown"), traceId: z.string(), rememberedSinceMs: z.number() }),
]);
export type Explanation = z.infer<typeof explanationSchema>;
export type DecidedExplanation = Extract<Explanation, { kind: "decided" }>;
export type Witness = z.infer<typeof witness>;

export const traceIdSchema = z
  .string("must be a trace id")
  .transform((id) => id.trim().toLowerCase().replaceAll("-", ""))
  .refine((id) => /^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id), "must be a trace id: 32 hex digits, not all zero");
