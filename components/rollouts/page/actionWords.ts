import { formatCount } from "#components/format/formatNumber.ts";
import type { ButtonVariant } from "#components/ui/Button.tsx";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { versionBefore } from "../phaseWords.ts";
import { stageLabel, stageName } from "../plan/planWords.ts";

/** In the order in which their buttons stand; the key is listed in the help. */
export const ACTIONS = ["abort", "pause", "resume", "promote", "approve"] as const;
export type RolloutAction = (typeof ACTIONS)[number];

type Words = { label: string; key: string; variant: ButtonVariant; title: string; meaning: string; confirm: string; done: string };
type Told = Pick<RolloutView, "number" | "stages" | "changed" | "toVersion" | "fromVersion">;

/** What an action is called, and what will happen, in words. */
export function actionWords(action: RolloutAction, view: Told): Words {
  const name = `rollout ${view.number}`;
  switch (action) {
    case "abort":
      return {
        label: "Abort",
        key: "x",
        variant: "danger",
        title: `Abort ${name}?`,
        meaning: `${view.changed === 0 ? "Nothing is changed yet, and nothing will be." : `${view.changed === 1 ? "1 collector goes" : `${formatCount(view.changed)} collectors go`} back to ${versionBefore(view)} at once.`} A rollout that goes back does not turn around; it can be started anew.`,
        confirm: "Abort and go back",
        done: `Rollout ${view.number} goes back`,
      };
    case "pause":
      return {
        label: "Pause",
        key: "p",
        variant: "default",
        title: `Pause ${name}?`,
        meaning: "No further stage opens until somebody resumes it. Changed collectors stay changed, and it still goes back by itself when a gate fails.",
        confirm: "Pause",
        done: `Rollout ${view.number} is paused`,
      };
    case "resume":
      return {
        label: "Resume",
        key: "p",
        variant: "primary",
        title: `Resume ${name}?`,
        meaning: "It goes on where it was; the time of the pause does not count as watched.",
        confirm: "Resume",
        done: `Rollout ${view.number} goes on`,
      };
    case "promote":
      return {
        label: "Promote now",
        key: "m",
        variant: "default",
        title: "End the watching early?",
        meaning: `${stageIn(view, "baking")} counts as passed although its time is not over, and what comes next comes at once: ${nextWords(view)}.`,
        confirm: "Promote now",
        done: `${stageIn(view, "baking")} is passed`,
      };
    case "approve":
      return {
        label: "Approve",
        key: "a",
        variant: "primary",
        title: `Open stage ${stageAt(view, "waiting") + 1}?`,
        meaning: `${stageIn(view, "waiting")} opens: more collectors are given v${view.toVersion} at once, and are watched as those before.`,
        confirm: "Approve and open",
        done: `${stageIn(view, "waiting")} is opened`,
      };
  }
}

function stageAt({ stages }: Told, state: "baking" | "waiting"): number {
  return Math.max(
    0,
    stages.findIndex((stage) => stage.state === state),
  );
}

function stageIn(view: Told, state: "baking" | "waiting"): string {
  const at = stageAt(view, state);
  return stageLabel(view, at);
}

function nextWords(view: Told): string {
  const next = stageAt(view, "baking") + 1;
  const stage = view.stages[next];
  if (stage === undefined) return "the rollout is completed, and the group runs it";
  return stage.needsApproval ? `stage ${next + 1} waits for somebody to open it` : `stage ${next + 1} opens (${stageName(view, next).toLowerCase()})`;
}
