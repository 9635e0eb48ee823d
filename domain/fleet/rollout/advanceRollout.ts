import {
  type CollectorFact,
  isLive,
  type Member,
  type Rollout,
  type RolloutFacts,
  type RolloutMove,
  type RolloutReason,
  type RolloutStep,
  type StageTimes,
} from "./rollout.ts";
import { stageMembers } from "./stageMembers.ts";

/** How long a rollback waits for collectors that do not answer before it is called done; they get the old configuration when they come back. */
export const ROLLBACK_WITHIN_MS = 10_000;

const GATHER_TIMES = 1.5;

/** A new rollout, whose first stage is not open yet. */
export function newRollout({ id, plan, nowMs }: Pick<Rollout, "id" | "plan"> & { nowMs: number }): Rollout {
  return { id, plan, phase: "approval", stage: 0, members: [], times: [], sinceMs: nowMs, pausedAtMs: null, reason: null, endedAtMs: null };
}

/**
 * What a rollout does by itself, given what is known now: opens stages, lets them bake, goes back. As many moves as there are to make at this moment; the
 * same facts a second time make none. A rollout that is paused makes none but to go back, or to go on once the gates that it was paused for hold.
 */
export function advanceRollout(before: Rollout, facts: RolloutFacts): RolloutMove {
  let rollout = before;
  const steps: RolloutStep[] = [];
  for (;;) {
    const move = nextMove(rollout, facts);
    if (!move) return { rollout, steps };
    rollout = move.rollout;
    steps.push(...move.steps);
  }
}

function nextMove(rollout: Rollout, facts: RolloutFacts): RolloutMove | null {
  switch (rollout.phase) {
    case "approval":
      return watchMembers(rollout, facts) ?? (opensByItself(rollout, facts) ? openStage(rollout, facts) : null);
    case "applying":
      return watchMembers(rollout, facts) ?? whenApplied(rollout, facts);
    case "baking":
      return watchMembers(rollout, facts) ?? whenBaked(rollout, facts);
    case "rollingBack":
      return whenBack(rollout, facts);
    case "rolledBack":
    case "completed":
      return null;
  }
}

function opensByItself(rollout: Rollout, facts: RolloutFacts): boolean {
  const { pausedAtMs, plan, stage } = rollout;
  return pausedAtMs === null && facts.held !== true && !plan.stages[stage].needsApproval && !isGathering(rollout, facts);
}

/**
 * The first stage opens once it is known how the collectors stand to each other without the change: changed before that, they could never be compared. It waits for half
 * as long again as that takes at most; where nothing was measured there is no traffic, and nothing to wait for.
 */
function isGathering(rollout: Rollout, { nowMs, baseline }: RolloutFacts): boolean {
  if (rollout.times.length > 0 || !baseline || baseline.windows === 0 || baseline.windows >= baseline.needed) return false;
  return elapsedMs(rollout, nowMs) < GATHER_TIMES * baseline.needed * rollout.plan.gates.windowSeconds * 1_000;
}

/** Stages are filled from collectors that are connected: one that is away can't show whether the change is good. */
export function openStage(rollout: Rollout, { nowMs, collectors }: RolloutFacts): RolloutMove {
  const { size } = rollout.plan.stages[rollout.stage];
  const connected = collectors.filter((one) => one.connected).map(({ id }) => id);
  const isLast = rollout.stage === rollout.plan.stages.length - 1;
  const candidates = isLast ? collectors.map(({ id }) => id) : connected;
  if (rollout.members.length === 0 && connected.length === 0) return pause(rollout, { kind: "noCollectors" }, nowMs);
  const joining = stageMembers(
    rollout.id,
    size,
    rollout.members.map(({ id }) => id),
    candidates,
  );
  const members = [...rollout.members, ...joining.map((id) => ({ id, joinedAtMs: nowMs, stage: rollout.stage }))];
  const times = [...rollout.times, { openedAtMs: nowMs, appliedAtMs: null, passedAtMs: null }];
  const opened: RolloutMove = {
    rollout: { ...rollout, phase: "applying", members, times, sinceMs: nowMs },
    steps: [{ kind: "stageOpened", stage: rollout.stage, collectors: joining }],
  };
  // In a small group the stages before may have taken all: what this one would watch has just passed.
  const isEmpty = joining.length === 0 && collectors.length > 0 && collectors.every(({ id }) => members.some((member) => member.id === id));
  if (!isEmpty) return opened;
  const passed = passStage({ ...opened.rollout, times: timed(opened.rollout, { appliedAtMs: nowMs }) }, nowMs, null);
  return { rollout: passed.rollout, steps: [...opened.steps, ...passed.steps] };
}

/** Anything that a member does which the change must not make it do: then all go back, at once and whatever else is under way. */
function watchMembers(rollout: Rollout, { nowMs, collectors, gates }: RolloutFacts): RolloutMove | null {
  const members = membersOf(rollout, collectors);
  const refused = members.filter(({ config }) => typeof config === "object");
  if (refused.length > 0) {
    const first = refused[0].config as Exclude<CollectorFact["config"], string>;
    return rollBack(rollout, { kind: "refused", collectors: idsOf(refused), ...first }, nowMs);
  }
  const wrong = members.filter(({ config }) => config === "wrongHash");
  if (wrong.length > 0) return rollBack(rollout, { kind: "wrongHash", collectors: idsOf(wrong) }, nowMs);
  const { awayForSeconds, restartsMax, reconnectsMax } = rollout.plan.gates;
  // One that was away before it could be changed says nothing about the change.
  const away = members.filter(
    ({ awaySinceMs, joinedAtMs }) => awaySinceMs !== null && awaySinceMs >= joinedAtMs && nowMs - awaySinceMs >= awayForSeconds * 1_000,
  );
  if (away.length > 0) return rollBack(rollout, { kind: "away", collectors: idsOf(away), forSeconds: awayForSeconds }, nowMs);
  const unstable = members.filter(({ restarts, reconnects }) => restarts > restartsMax || reconnects > reconnectsMax);
  if (unstable.length > 0) return rollBack(rollout, { kind: "unstable", collectors: idsOf(unstable) }, nowMs);
  const failed = gates.find((one) => one.state === "fail");
  if (failed && rollout.members.length > 0) return rollBack(rollout, { kind: "gateFailed", gate: failed.gate, result: failed }, nowMs);
  return null;
}

function whenApplied(rollout: Rollout, { nowMs, collectors }: RolloutFacts): RolloutMove | null {
  if (rollout.pausedAtMs !== null) return null;
  const members = membersOf(rollout, collectors);
  const pending = members.filter(({ config, connected }) => config !== "new" && connected);
  if (pending.length === 0 && members.some(({ config }) => config === "new")) {
    const baking = { ...rollout, phase: "baking" as const, times: timed(rollout, { appliedAtMs: nowMs }), sinceMs: nowMs };
    return { rollout: baking, steps: [{ kind: "applied", stage: rollout.stage, collectors: members.length, tookMs: elapsedMs(rollout, nowMs) }] };
  }
  const { applyWithinSeconds } = rollout.plan.gates;
  if (elapsedMs(rollout, nowMs) < applyWithinSeconds * 1_000) return null;
  const late = pending.length > 0 ? pending : members;
  return rollBack(rollout, { kind: "notApplied", collectors: idsOf(late), withinSeconds: applyWithinSeconds }, nowMs);
}

/**
 * After the baking time every gate must pass. One that still has nothing to go by gets as much time again, and is then a person's to decide; unless it comes to hold
 * meanwhile: what it was paused for is there then.
 */
function whenBaked(rollout: Rollout, { nowMs, gates }: RolloutFacts): RolloutMove | null {
  const { bakeSeconds } = rollout.plan.stages[rollout.stage];
  const isPaused = rollout.pausedAtMs !== null;
  if ((isPaused && rollout.reason?.kind !== "gateWithoutData") || elapsedMs(rollout, nowMs) < bakeSeconds * 1_000) return null;
  const open = gates.filter(({ state }) => state === "noData" || state === "undecided");
  if (open.length === 0 && (gates.length > 0 || !isPaused)) return passStage(rollout, nowMs, null);
  if (isPaused || elapsedMs(rollout, nowMs) < 2 * bakeSeconds * 1_000) return null;
  return pause(rollout, { kind: "gateWithoutData", gates: open.map(({ gate }) => gate) }, nowMs);
}

/** To the next stage, or to the end. */
export function passStage(rollout: Rollout, nowMs: number, byPerson: string | null): RolloutMove {
  const passed: RolloutStep = { kind: "stagePassed", stage: rollout.stage, byPerson };
  const stage = rollout.stage + 1;
  const times = timed(rollout, { passedAtMs: nowMs });
  if (stage === rollout.plan.stages.length)
    return {
      rollout: { ...rollout, phase: "completed", times, sinceMs: nowMs, reason: null, pausedAtMs: null, endedAtMs: nowMs },
      steps: [passed, { kind: "completed" }],
    };
  const steps: RolloutStep[] = rollout.plan.stages[stage].needsApproval ? [passed, { kind: "approvalWanted", stage }] : [passed];
  return { rollout: { ...rollout, phase: "approval", stage, times, sinceMs: nowMs, reason: null, pausedAtMs: null }, steps };
}

function whenBack(rollout: Rollout, { nowMs, collectors }: RolloutFacts): RolloutMove | null {
  const unconfirmed = membersOf(rollout, collectors).filter(({ config }) => config === "new" || config === "wrongHash");
  const waits = unconfirmed.some(({ connected }) => connected);
  if (waits && elapsedMs(rollout, nowMs) < ROLLBACK_WITHIN_MS) return null;
  return {
    rollout: { ...rollout, phase: "rolledBack", endedAtMs: nowMs },
    steps: [{ kind: "rolledBack", tookMs: elapsedMs(rollout, nowMs), unconfirmed: unconfirmed.map(({ id }) => id) }],
  };
}

export function rollBack(rollout: Rollout, reason: RolloutReason, nowMs: number): RolloutMove {
  return {
    rollout: { ...rollout, phase: "rollingBack", reason, sinceMs: nowMs, pausedAtMs: null },
    steps: [{ kind: "rollingBack", reason, collectors: idsOf(rollout.members) }],
  };
}

export function pause(rollout: Rollout, reason: RolloutReason, nowMs: number): RolloutMove {
  return { rollout: { ...rollout, pausedAtMs: nowMs, reason }, steps: [{ kind: "paused", reason }] };
}

/** With a moment of the stage that opened last. */
function timed({ times }: Rollout, moment: Partial<StageTimes>): StageTimes[] {
  return times.map((one, index) => (index === times.length - 1 ? { ...one, ...moment } : one));
}

/** Nobody looked at it for so long: what would have been seen in that time does not count, neither for the change nor against it. */
export function afterGap(rollout: Rollout, gapMs: number): Rollout {
  if (!isLive(rollout) || gapMs <= 0) return rollout;
  return { ...rollout, sinceMs: rollout.sinceMs + gapMs, pausedAtMs: rollout.pausedAtMs === null ? null : rollout.pausedAtMs + gapMs };
}

/** How long the phase lasts, without the time for which it is paused. */
function elapsedMs({ sinceMs, pausedAtMs }: Rollout, nowMs: number): number {
  return (pausedAtMs ?? nowMs) - sinceMs;
}

/** Members that were forgotten meanwhile are nobody's concern any more. */
function membersOf({ members }: Rollout, collectors: readonly CollectorFact[]): (CollectorFact & Member)[] {
  const facts = new Map(collectors.map((one) => [one.id, one]));
  return members.flatMap((member) => {
    const fact = facts.get(member.id);
    return fact ? [{ ...fact, ...member }] : [];
  });
}

const idsOf = (members: readonly { id: string }[]) => members.map(({ id }) => id);
