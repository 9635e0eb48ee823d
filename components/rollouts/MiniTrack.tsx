import { cx } from "#components/ui/cx.ts";
import type { RolloutHead, StageView } from "#domain/fleet/rollout/rolloutView.ts";
import { STAGE_STATES } from "./phaseWords.ts";
import { stageName } from "./plan/planWords.ts";

const FILLS: Record<StageView["state"], string> = {
  ahead: "bg-hover",
  waiting: "bg-warn-soft border-warn",
  applying: "bg-accent-soft border-accent",
  baking: "bg-accent-soft border-accent",
  passed: "bg-ok border-ok",
  back: "bg-bad border-bad",
};

/** The stages as small boxes, for rows; their words are spoken. */
export function MiniTrack({ stages }: { stages: RolloutHead["stages"] }) {
  const spoken = stages.map(({ state }, at) => `${stageName({ stages }, at)} ${STAGE_STATES[state].word}`).join(", ");
  return (
    <span role="img" aria-label={spoken} title={spoken} className="inline-flex gap-[3px] align-middle">
      {stages.map(({ state }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the stages of a plan never move
        <span key={at} className={cx("h-[8px] w-[22px] rounded-[2px] border border-line-strong/60", FILLS[state])} />
      ))}
    </span>
  );
}
