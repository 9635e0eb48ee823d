import { studentQuantile } from "../../trends/student.ts";
import type { Estimate } from "./forecast.ts";

export const CONFIDENCE = 0.95;

/**
 * A figure worked out from groups that are alike, with its interval: the delete-a-group jackknife (Wolter, Introduction to Variance Estimation, 2nd edition, 4.2). Each
 * group is left out once; variance = (G − 1) / G × Σ (figure without g − their mean)², and the interval reaches Student's t with G − 1 degrees of freedom times its root
 * to both sides. `halfWidthMin` widens it where chance can't show itself yet. Null where `figure` is: it has nothing to go by.
 */
export function jackknife<Group>(groups: readonly Group[], figure: (groups: readonly Group[]) => number | null, halfWidthMin = 0): Estimate | null {
  const expected = figure(groups);
  if (expected === null) return null;
  const without = groups.flatMap((_, left) => figure(groups.filter((_, index) => index !== left)) ?? []);
  const mean = without.reduce((sum, one) => sum + one, 0) / without.length;
  const variance = without.length < 2 ? 0 : ((without.length - 1) / without.length) * without.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const t = studentQuantile((1 + CONFIDENCE) / 2, Math.max(1, without.length - 1));
  const halfWidth = Math.max(halfWidthMin, t * Math.sqrt(variance));
  return { expected, low: expected - halfWidth, high: expected + halfWidth };
}
