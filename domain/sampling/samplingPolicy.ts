import { z } from "zod";
import { notHere } from "../validation/notHere.ts";
import { conditionSchema, countAtoms, scopeProblem } from "./condition.ts";
import { keepSchema } from "./keep.ts";
import { ROOT_WAIT_DEFAULT_MS, type TraceSettings, traceSettingsShape } from "./traceSettings.ts";

/** Bounds of a policy. They keep the compiled matcher's memory and the form usable; errors name the path. */
export const TIERS_MAX = 64;
export const TIER_NAME_MAX = 64;
export const ATOMS_MAX = 256;

export const tierSchema = z.strictObject({
  name: z.string("must be a text").trim().min(1, "must not be empty").max(TIER_NAME_MAX, `must have at most ${TIER_NAME_MAX} characters`),
  condition: conditionSchema,
  keep: keepSchema,
});
export type Tier = z.infer<typeof tierSchema>;

export const DEFAULT_TIERS = [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio: 1 } }];

/** An ordered list of tiers; the first whose condition matches decides; the last is the default and matches everything. */
const tiers = z
  .array(tierSchema, "must be a list of tiers")
  .min(1, "must have at least the default tier")
  .max(TIERS_MAX, `must have at most ${TIERS_MAX} tiers`)
  .default(DEFAULT_TIERS);

const needsTraceScope = notHere("belongs to trace scope; set scope: trace, or remove it");
const spanPolicy = z.strictObject({
  scope: z.literal("span"),
  decisionWaitMs: needsTraceScope,
  decisionWaitAfterRootMs: needsTraceScope,
  tracesMax: needsTraceScope,
  spansMax: needsTraceScope,
  bytesMax: needsTraceScope,
  decisionCache: needsTraceScope,
  tiers,
});
const tracePolicy = z.strictObject({ scope: z.literal("trace"), ...traceSettingsShape, tiers });

/** Whether each span is decided at once and by itself, or whole traces after a wait. */
export type SamplingPolicy = { scope: "span"; tiers: Tier[] } | ({ scope: "trace"; tiers: Tier[] } & TraceSettings);

/** A policy without a scope is one of span scope. Errors name the path. */
export const samplingPolicySchema = z
  .preprocess(
    (input) =>
      typeof input === "object" && input !== null && !Array.isArray(input) && (input as { scope?: unknown }).scope === undefined
        ? { ...input, scope: "span" }
        : input,
    z.discriminatedUnion("scope", [spanPolicy, tracePolicy], "must be span or trace"),
  )
  .superRefine((policy, ctx) => {
    if (policy.scope === "trace" && (policy.decisionWaitAfterRootMs ?? 0) > policy.decisionWaitMs) {
      ctx.addIssue({
        code: "custom",
        path: ["decisionWaitAfterRootMs"],
        message: `must be at most decisionWaitMs (${policy.decisionWaitMs}), got ${policy.decisionWaitAfterRootMs}`,
      });
    }
    const { tiers, scope } = policy;
    const last = tiers.length - 1;
    // Too few or too many has been said already; the list is checked all the same, so it may be empty here.
    if (last < 0 || tiers.length > TIERS_MAX) return;
    const firstWithName = new Map<string, number>();
    for (const [index, tier] of tiers.entries()) {
      const earlier = firstWithName.get(tier.name);
      if (earlier === undefined) firstWithName.set(tier.name, index);
      else ctx.addIssue({ code: "custom", path: ["tiers", index, "name"], message: `"${tier.name}" is already the name of tiers[${earlier}]` });
      if (index !== last && tier.condition.kind === "always") {
        ctx.addIssue({
          code: "custom",
          path: ["tiers", index, "condition"],
          message: "only the last tier may match everything; the tiers after this one would never be reached",
        });
      }
      const problem = scopeProblem(tier.condition, scope);
      if (problem) ctx.addIssue({ code: "custom", path: ["tiers", index, "condition", ...problem.path], message: problem.message });
    }
    if (tiers[last].condition.kind !== "always") {
      ctx.addIssue({ code: "custom", path: ["tiers", last, "condition"], message: "the last tier is the default and must match everything (kind: always)" });
    }
    const atoms = tiers.reduce((sum, tier) => sum + countAtoms(tier.condition), 0);
    if (atoms > ATOMS_MAX) ctx.addIssue({ code: "custom", path: ["tiers"], message: `must have at most ${ATOMS_MAX} comparisons in all, has ${atoms}` });
  })
  .transform((policy): SamplingPolicy => {
    if (policy.scope === "span") return { scope: "span", tiers: policy.tiers };
    const { decisionWaitMs, decisionWaitAfterRootMs = Math.min(ROOT_WAIT_DEFAULT_MS, decisionWaitMs) } = policy;
    return { ...policy, decisionWaitAfterRootMs };
  });
