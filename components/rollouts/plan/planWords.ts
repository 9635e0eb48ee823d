import { formatCount } from "#components/format/formatNumber.ts";
import { formatPercent } from "#components/sampling/draft/percent.ts";
import type { PlanPreset } from "#domain/fleet/rollout/planPresets.ts";
import type { RolloutPlan, StageSize } from "#domain/fleet/rollout/rolloutPlan.ts";
import { stageSizes } from "#domain/fleet/rollout/stageSizes.ts";

export const PRESET_WORDS: Record<PlanPreset, { label: string; meaning: string }> = {
  careful: { label: "Careful", meaning: "One, a tenth, a quarter, half, all; 15 minutes each, and a person opens the last stage." },
  usual: { label: "Usual", meaning: "One, a quarter, half, all; 5 minutes each." },
  quick: { label: "Quick", meaning: "One, then all; 90 seconds each." },
  atOnce: { label: "All at once", meaning: "All in one stage, watched for 5 minutes. There is no control group: gates compare with what was before." },
};

/** `25%`, `3 collectors`; the last stage is `all`. */
export function sizeWords(size: StageSize): string {
  if (size.kind === "count") return `${formatCount(size.count)} ${size.count === 1 ? "collector" : "collectors"}`;
  return size.share === 1 ? "all" : formatPercent(size.share);
}

/** How a stage is called on the track: the first of several is the canary. */
export function stageName(plan: { stages: readonly { size: StageSize }[] }, stage: number): string {
  if (stage === plan.stages.length - 1) return "All";
  return stage === 0 ? "Canary" : sizeWords(plan.stages[stage].size);
}

/** `Stage 1 (canary)`, for sentences. */
export function stageLabel(plan: { stages: readonly { size: StageSize }[] }, stage: number): string {
  return `Stage ${stage + 1} (${stageName(plan, stage).toLowerCase()})`;
}

/** `90 s`, `5 min`, `2 h`: exactly as long as it is. */
export function secondsWords(seconds: number): string {
  if (seconds >= 3_600 && seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  if (seconds >= 120 && seconds % 60 === 0) return `${seconds / 60} min`;
  if (seconds > 120) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${seconds} s`;
}

/** What the plan means for a group of so many connected collectors. */
export function planSentence(plan: RolloutPlan, collectors: number): string {
  const sizes = stageSizes(plan.stages, collectors);
  const steps = sizes.filter((size, at) => at === 0 || size > sizes[at - 1]);
  const baked = plan.stages.reduce((sum, { bakeSeconds }) => sum + bakeSeconds, 0);
  const approvals = plan.stages.filter(({ needsApproval }) => needsApproval).length;
  const path =
    collectors === 0
      ? "No collector is connected"
      : `${steps.map(formatCount).join(" → ")} of ${formatCount(collectors)} ${collectors === 1 ? "collector" : "collectors"}`;
  const waits = approvals === 0 ? "" : `, and ${approvals === 1 ? "one approval" : `${approvals} approvals`}`;
  return `${path}; takes ${secondsWords(baked)} at least${waits}.`;
}
