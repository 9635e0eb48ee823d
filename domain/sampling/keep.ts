import { z } from "zod";

export const BUDGET_MIN = 0.1;
export const BUDGET_MAX = 10_000_000;
/** Over any such time a budget tier keeps no more than its budget, as far as can be foreseen: see BudgetRatio for what a burst and chance may add. */
export const BUDGET_WINDOW_MS = 10_000;

const ratio = z.number("must be a number between 0 and 1").min(0, "must be between 0 and 1").max(1, "must be between 0 and 1");
const BUDGET_LIMITS = `must be between ${BUDGET_MIN} and ${BUDGET_MAX} spans per second`;

/**
 * How much of what a tier matches is kept. `ratio` is a probability in 0..1 (consistent per trace); `budget` is a rate for each collector: the
 * probability follows the traffic so that the tier stays within it.
 */
export const keepSchema = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("ratio"), ratio }),
    z.strictObject({
      kind: z.literal("budget"),
      spansPerSecond: z.number("must be a number of spans per second").min(BUDGET_MIN, BUDGET_LIMITS).max(BUDGET_MAX, BUDGET_LIMITS),
    }),
  ],
  "must be { kind: ratio, ratio } or { kind: budget, spansPerSecond }",
);

export type Keep = z.infer<typeof keepSchema>;
