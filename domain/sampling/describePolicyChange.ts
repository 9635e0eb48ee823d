import { describeCondition } from "./describeCondition.ts";
import { describeKeep, formatSpansPerSecond } from "./describeKeep.ts";
import { diffPolicies, type PolicyDifference } from "./diffPolicies.ts";
import { formatSetDuration } from "./formatDuration.ts";
import { formatRatio } from "./formatRatio.ts";
import type { Keep } from "./keep.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";
import { TRACE_SETTING_WORDS } from "./traceSettingWords.ts";

/** What changes from one policy to the other, one plain sentence each; none when nothing does. */
export function describePolicyChange(before: SamplingPolicy, after: SamplingPolicy): string[] {
  return diffPolicies(before, after).map(describeDifference);
}

export function describeDifference(difference: PolicyDifference): string {
  return subjectOfDifference(difference) + whatDiffers(difference);
}

/** What a difference is about: the words that its sentence begins with. */
export function subjectOfDifference(difference: PolicyDifference): string {
  switch (difference.kind) {
    case "renamed":
      return difference.before;
    case "scope":
      return difference.after.scope === "trace" ? "decides whole traces" : "decides single spans";
    case "setting":
      return TRACE_SETTING_WORDS[difference.setting].words;
    default:
      return difference.name;
  }
}

function whatDiffers(difference: PolicyDifference): string {
  switch (difference.kind) {
    case "added":
      return `: new, at place ${difference.place + 1}: ${describeCondition(difference.condition)}, keep ${describeKeep(difference.keep)}`;
    case "removed":
      return `: removed; it kept ${describeKeep(difference.keep)} of ${describeCondition(difference.condition)}`;
    case "renamed":
      return `: renamed to ${difference.name}`;
    case "moved":
      return `: place ${difference.before + 1} → ${difference.after + 1}`;
    case "condition":
      return `: matches ${describeCondition(difference.before)} → ${describeCondition(difference.after)}`;
    case "ratio":
      return `: keep ${formatRatio(difference.before)} → ${formatRatio(difference.after)}`;
    case "keep":
      return `: keep ${keepChange(difference.before, difference.after)}`;
    case "scope":
      return scopeChange(difference.after);
    case "setting": {
      const { format } = TRACE_SETTING_WORDS[difference.setting];
      return ` ${format(difference.before)} → ${format(difference.after)}`;
    }
  }
}

function keepChange(before: Keep, after: Keep): string {
  if (before.kind === "budget" && after.kind === "budget")
    return `at most ${formatSpansPerSecond(before.spansPerSecond)} → ${formatSpansPerSecond(after.spansPerSecond)} spans/s for each collector`;
  return `${describeKeep(before)} → ${describeKeep(after)}`;
}

function scopeChange(after: SamplingPolicy): string {
  if (after.scope === "span") return " instead of whole traces; nothing waits for a decision";
  const { decisionWaitMs, decisionWaitAfterRootMs } = after;
  const afterRoot = decisionWaitAfterRootMs < decisionWaitMs ? `, at most ${formatSetDuration(decisionWaitAfterRootMs)} once the root has come` : "";
  return ` instead of single spans; a trace waits ${formatSetDuration(decisionWaitMs)} for its spans${afterRoot}`;
}
