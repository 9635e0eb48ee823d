import { z } from "zod";
import { notYet } from "../validation/notYet.ts";
import { conditionSchema, countAtoms } from "./condition.ts";

/** Bounds of a policy. They keep the compiled matcher's memory and the form usable; errors name the path. */
export const TIERS_MAX = 64;
export const TIER_NAME_MAX = 64;
export const ATOMS_MAX = 256;

const ratio = z.number("must be a number between 0 and 1").min(0, "must be between 0 and 1").max(1, "must be between 0 and 1");

/** How much of what a tier matches is kept. `ratio` is a probability in 0..1 (consistent per trace). */
export const keepSchema = z
  .discriminatedUnion(
    "kind",
    [z.strictObject({ kind: z.literal("ratio"), ratio }), z.looseObject({ kind: z.literal("budget") })],
    "must be { kind: ratio, ratio }",
  )
  .superRefine((keep, ctx) => {
    if (keep.kind === "budget") ctx.addIssue({ code: "custom", path: ["kind"], message: "budget is not available yet; use ratio" });
  })
  .transform((keep) => keep as { kind: "ratio"; ratio: number });

export const tierSchema = z.strictObject({
  name: z.string("must be a text").trim().min(1, "must not be empty").max(TIER_NAME_MAX, `must have at most ${TIER_NAME_MAX} characters`),
  condition: conditionSchema,
  keep: keepSchema,
});

export const DEFAULT_TIERS = [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio: 1 } }];

/** An ordered list of tiers; the first whose condition matches decides; the last is the default and matches everything. */
export const samplingPolicySchema = z
  .strictObject({
    scope: z
      .string("must be span")
      .default("span")
      .superRefine((scope, ctx) => {
        if (scope === "trace") ctx.addIssue({ code: "custom", message: "trace scope is not available yet; use span" });
        else if (scope !== "span") ctx.addIssue({ code: "custom", message: `must be span, got ${JSON.stringify(scope)}` });
      })
      .transform(() => "span" as const),
    decisionWaitMs: notYet("belongs to trace scope, which is not available yet; remove it"),
    tracesMax: notYet("belongs to trace scope, which is not available yet; remove it"),
    tiers: z
      .array(tierSchema, "must be a list of tiers")
      .min(1, "must have at least the default tier")
      .max(TIERS_MAX, `must have at most ${TIERS_MAX} tiers`)
      .default(DEFAULT_TIERS),
  })
  .superRefine((policy, ctx) => {
    const { tiers } = policy;
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
    }
    if (tiers[last].condition.kind !== "always") {
      ctx.addIssue({ code: "custom", path: ["tiers", last, "condition"], message: "the last tier is the default and must match everything (kind: always)" });
    }
    const atoms = tiers.reduce((sum, tier) => sum + countAtoms(tier.condition), 0);
    if (atoms > ATOMS_MAX) ctx.addIssue({ code: "custom", path: ["tiers"], message: `must have at most ${ATOMS_MAX} comparisons in all, has ${atoms}` });
  });

export type SamplingPolicy = { scope: "span"; tiers: Tier[] };
export type Tier = z.infer<typeof tierSchema>;
