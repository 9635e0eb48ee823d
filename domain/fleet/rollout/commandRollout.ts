import { openStage, passStage, pause, rollBack } from "./advanceRollout.ts";
import { isGoingBack, type Rollout, type RolloutCommand, type RolloutFacts, type RolloutMove } from "./rollout.ts";

/** What a person asks of a rollout; a sentence why not, where it can't be. */
export function commandRollout(rollout: Rollout, command: RolloutCommand, facts: RolloutFacts): RolloutMove | { refused: string } {
  const { nowMs } = facts;
  if (rollout.phase === "completed") return { refused: "it is completed; to go back, roll out the version that ran before" };
  if (isGoingBack(rollout)) return { refused: "it goes back already, and what goes back does not turn around" };
  switch (command.kind) {
    case "pause":
      if (rollout.pausedAtMs !== null) return { refused: "it is paused already" };
      return pause(rollout, { kind: "person", name: command.name, message: command.message }, nowMs);
    case "resume":
      if (rollout.pausedAtMs === null) return { refused: "it is not paused" };
      return { rollout: resumed(rollout, rollout.pausedAtMs, nowMs), steps: [{ kind: "resumed", name: command.name }] };
    case "abort":
      return rollBack(rollout, { kind: "person", name: command.name, message: command.message }, nowMs);
    case "approve":
      return approve(rollout, command.name, facts);
    case "promote":
      return promote(rollout, command.name, facts);
  }
}

/** Its phase goes on as if the pause had not been; where a gate had nothing to go by, the time for it begins anew. */
function resumed(rollout: Rollout, pausedAtMs: number, nowMs: number): Rollout {
  const sinceMs = rollout.reason?.kind === "gateWithoutData" ? nowMs : rollout.sinceMs + Math.max(0, nowMs - pausedAtMs);
  return { ...rollout, sinceMs, pausedAtMs: null, reason: null };
}

function approve(rollout: Rollout, name: string, facts: RolloutFacts): RolloutMove | { refused: string } {
  if (rollout.phase !== "approval" || !rollout.plan.stages[rollout.stage].needsApproval) return { refused: "no stage waits for an approval" };
  if (rollout.pausedAtMs !== null) return { refused: "it is paused; resume it first" };
  const move = openStage(rollout, facts);
  return move.rollout.phase === "applying" ? { ...move, steps: [{ kind: "approved", stage: rollout.stage, name }, ...move.steps] } : move;
}

/** Ends the baking early, whatever the time says. A gate that fails is no matter of time. */
function promote(rollout: Rollout, name: string, { nowMs, gates }: RolloutFacts): RolloutMove | { refused: string } {
  if (rollout.phase !== "baking") return { refused: "only a stage that bakes can be promoted: all of its collectors must run the new configuration first" };
  const failed = gates.find(({ state }) => state === "fail");
  if (failed) return { refused: `the gate ${failed.gate} fails` };
  return passStage(rollout, nowMs, name);
}
