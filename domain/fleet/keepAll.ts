import { z } from "zod";
import { type Condition, conditionSchema } from "../sampling/condition.ts";

/** "Keep everything" for a while: what collectors take beside their configuration. Bounds hold at both ends. */
export const KEEP_ALL_MAX = 16;
export const KEEP_ALL_MS_MAX = 86_400_000;
export const KEEP_ALL_COMPARISONS_MAX = 8;
/** The name under which the ledger counts what is kept because of it. */
export const KEEP_ALL_TIER = "(break glass)";

/** `always`, or one comparison of service, endpoint or attribute, or several that one span must fulfil all of. */
export const keepAllConditionSchema = conditionSchema.superRefine((condition, ctx) => {
  const comparisons = condition.kind === "all" ? condition.of : [condition];
  if (condition.kind === "all" && comparisons.length > KEEP_ALL_COMPARISONS_MAX)
    ctx.addIssue({ code: "custom", path: ["of"], message: `must have at most ${KEEP_ALL_COMPARISONS_MAX} comparisons, has ${comparisons.length}` });
  for (const [index, { kind }] of comparisons.entries()) {
    const path = condition.kind === "all" ? ["of", index, "kind"] : ["kind"];
    const isFine = kind === "service" || kind === "endpoint" || kind === "attribute" || (kind === "always" && condition.kind !== "all");
    if (!isFine) ctx.addIssue({ code: "custom", path, message: `must be service, endpoint or attribute, got ${kind}` });
  }
});

/** One of them as a collector enforces it. */
export type KeepAllRule = { id: string; condition: Condition };
/** `leftMs`: how long it lasts from now, so that no clock has to agree with another. */
export const keepAllEntrySchema = z.strictObject({
  id: z.string().min(1).max(64),
  condition: keepAllConditionSchema,
  leftMs: z.number().min(0).max(KEEP_ALL_MS_MAX),
});
export type KeepAllEntry = z.infer<typeof keepAllEntrySchema>;
export const keepAllListSchema = z.array(keepAllEntrySchema).max(KEEP_ALL_MAX);

/** What a collector says of one: totals since its process started, of spans that the policy would have sampled out; and why it does not hold there, if so. */
export const keepAllCountsSchema = z
  .array(z.strictObject({ id: z.string().max(64), spans: z.number().min(0), bytes: z.number().min(0), active: z.boolean(), problem: z.string().max(200) }))
  .max(4 * KEEP_ALL_MAX);
export type KeepAllCount = z.infer<typeof keepAllCountsSchema>[number];
