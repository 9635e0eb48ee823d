import type { RolloutReason, RolloutStep } from "./rollout.ts";

/** So many collectors are named where a sentence is about them; of the others it is said how many there are. */
export const NAMED_MAX = 5;

type LogStep = RolloutStep | { kind: "started"; message: string | null };
type Named = { collectors: string[]; others?: number };

export const countOf = ({ collectors, others = 0 }: Named): number => collectors.length + others;

/** With at most a few collectors named: of a large group a reason can be about thousands. */
export function shortReason<Reason extends RolloutReason | null>(reason: Reason): Reason {
  return reason !== null && "collectors" in reason ? { ...reason, ...shortened(reason.collectors) } : reason;
}

/** The same of what happened. */
export function shortStep<Step extends LogStep>(step: Step): Step {
  switch (step.kind) {
    case "stageOpened":
      return { ...step, ...shortened(step.collectors) };
    case "rollingBack":
      return { ...step, reason: shortReason(step.reason), ...shortened(step.collectors) };
    case "paused":
      return { ...step, reason: shortReason(step.reason) };
    case "rolledBack": {
      const { collectors, others } = shortened(step.unconfirmed);
      return { ...step, unconfirmed: collectors, others };
    }
    default:
      return step;
  }
}

export const namedInReason = (reason: RolloutReason): readonly string[] => ("collectors" in reason ? reason.collectors : []);

export function namedInStep(step: LogStep): readonly string[] {
  switch (step.kind) {
    case "stageOpened":
      return step.collectors;
    case "rollingBack":
      return [...step.collectors, ...namedInReason(step.reason)];
    case "paused":
      return namedInReason(step.reason);
    case "rolledBack":
      return step.unconfirmed;
    default:
      return [];
  }
}

function shortened(ids: readonly string[]): Required<Named> {
  return { collectors: ids.slice(0, NAMED_MAX), others: Math.max(0, ids.length - NAMED_MAX) };
}
