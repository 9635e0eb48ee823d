import { describeCondition } from "./describeCondition.ts";
import { diffPolicies, type PolicyDifference } from "./diffPolicies.ts";
import { formatRatio } from "./formatRatio.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";

/** What changes from one policy to the other, one plain sentence each; none when nothing does. */
export function describePolicyChange(before: SamplingPolicy, after: SamplingPolicy): string[] {
  return diffPolicies(before, after).map(describeDifference);
}

export function describeDifference(difference: PolicyDifference): string {
  const { name } = difference;
  switch (difference.kind) {
    case "added":
      return `${name}: new, at place ${difference.place + 1}: ${describeCondition(difference.condition)}, keep ${formatRatio(difference.ratio)}`;
    case "removed":
      return `${name}: removed; it kept ${formatRatio(difference.ratio)} of ${describeCondition(difference.condition)}`;
    case "renamed":
      return `${difference.before}: renamed to ${name}`;
    case "moved":
      return `${name}: place ${difference.before + 1} → ${difference.after + 1}`;
    case "condition":
      return `${name}: matches ${describeCondition(difference.before)} → ${describeCondition(difference.after)}`;
    case "ratio":
      return `${name}: keep ${formatRatio(difference.before)} → ${formatRatio(difference.after)}`;
  }
}
