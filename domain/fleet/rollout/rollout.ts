import type { RolloutPlan } from "./rolloutPlan.ts";

export const GATES = ["p99", "queue", "memory", "dropped", "refused", "keptShare"] as const;
export type Gate = (typeof GATES)[number];

/** What a gate says at one moment. `noData` is not a pass; `undecided` is measured, but does not tell yet. */
export type GateResult = {
  gate: Gate;
  state: "pass" | "near" | "fail" | "undecided" | "noData";
  /** In the gate's own unit (p99 seconds, memory bytes per minute, dropped spans, the others a share); null where it was not measured. */
  changed: number | null;
  control: number | null;
  limit: number | null;
  /** What `control` is of: the collectors that are not changed, or the changed ones before the change where none are left; null where nothing is compared. */
  against: "control" | "before" | null;
  /** Why it says so where the figures alone don't tell, such as what is missing. */
  note: string | null;
};

/** Why a rollout goes back, or waits for a person. `others`: collectors that it is about besides those that are named; pages alone are told so. */
export type RolloutReason =
  | { kind: "gateFailed"; gate: Gate; result: GateResult }
  | { kind: "gateWithoutData"; gates: Gate[] }
  | { kind: "notApplied"; collectors: string[]; others?: number; withinSeconds: number }
  | { kind: "refused"; collectors: string[]; others?: number; path: string | null; reason: string }
  | { kind: "wrongHash"; collectors: string[]; others?: number }
  | { kind: "away"; collectors: string[]; others?: number; forSeconds: number }
  | { kind: "unstable"; collectors: string[]; others?: number }
  | { kind: "noCollectors" }
  | { kind: "person"; name: string; message: string | null };

/** A collector that is to run the new configuration, and since when and with which stage. */
export type Member = { id: string; joinedAtMs: number; stage: number };

/** When a stage opened, when all of it ran the new configuration, and when it was passed. */
export type StageTimes = { openedAtMs: number; appliedAtMs: number | null; passedAtMs: number | null };

/**
 * A rollout as it is kept. The collectors in `members` are to run the new configuration while `phase` is one of those in which it goes forward, and none are
 * otherwise: what runs where follows from this state alone, so whoever takes it over after a crash goes on where it was.
 */
export type Rollout = {
  id: string;
  plan: RolloutPlan;
  /** `approval`: before the stage opens; `applying`, `baking`: in it; `rollingBack`: until every member runs what it ran before. */
  phase: "approval" | "applying" | "baking" | "rollingBack" | "rolledBack" | "completed";
  /** Of `plan.stages`. */
  stage: number;
  /** Of all stages so far, in the order in which they were taken. */
  members: Member[];
  /** Of the stages that have opened, in their order. */
  times: StageTimes[];
  /** When the phase began, less the time for which it was paused. */
  sinceMs: number;
  pausedAtMs: number | null;
  /** Why it is paused, goes back or went back. */
  reason: RolloutReason | null;
  endedAtMs: number | null;
};

/** What is known of a collector of the group. `wrongHash`: it says that it applied the new configuration, with a hash that is not its. What it refuses it does not run. */
export type CollectorFact = {
  id: string;
  connected: boolean;
  /** Since when it is away; null while it is connected. */
  awaySinceMs: number | null;
  /** How often its process started, and how often it connected again, since it joined; 0 of one that has not. */
  restarts: number;
  reconnects: number;
  config: "old" | "new" | "wrongHash" | { path: string | null; reason: string };
};

/** Before a rollout: windows in which those that will be changed first and the others were measured, and how many a gate takes to know how both stand to each other. */
export type Baseline = { windows: number; needed: number };

/**
 * What a rollout is decided on at one moment. `held`: no stage may open, because changes are stopped or frozen. `baseline`: before the first stage has opened, where a
 * gate needs one.
 */
export type RolloutFacts = { nowMs: number; collectors: CollectorFact[]; gates: GateResult[]; held?: boolean; baseline?: Baseline | null };

export type RolloutCommand =
  | { kind: "approve"; name: string }
  | { kind: "pause"; name: string; message: string | null }
  | { kind: "resume"; name: string }
  | { kind: "promote"; name: string }
  | { kind: "abort"; name: string; message: string | null };

/** What happened, for the log and the audit; `others` as in a reason. */
export type RolloutStep =
  | { kind: "stageOpened"; stage: number; collectors: string[]; others?: number }
  | { kind: "applied"; stage: number; collectors: number; tookMs: number }
  | { kind: "stagePassed"; stage: number; byPerson: string | null }
  | { kind: "approvalWanted"; stage: number }
  | { kind: "approved"; stage: number; name: string }
  | { kind: "paused"; reason: RolloutReason }
  | { kind: "resumed"; name: string }
  | { kind: "rollingBack"; reason: RolloutReason; collectors: string[]; others?: number }
  | { kind: "rolledBack"; tookMs: number; unconfirmed: string[]; others?: number }
  | { kind: "completed" };

export type RolloutMove = { rollout: Rollout; steps: RolloutStep[] };

export const isLive = ({ phase }: Pick<Rollout, "phase">): boolean => phase !== "rolledBack" && phase !== "completed";

/** Whether its first stage opens by itself, and by a gate that takes a baseline: nobody else has to know one. */
export const takesBaseline = ({ phase, times, pausedAtMs, plan }: Rollout): boolean =>
  phase === "approval" && times.length === 0 && pausedAtMs === null && !plan.stages[0].needsApproval && plan.gates.p99RatioMax !== null;

export const isGoingBack = ({ phase }: Pick<Rollout, "phase">): boolean => phase === "rollingBack" || phase === "rolledBack";

/** The collectors that are to run the new configuration. */
export function runsNew(rollout: Rollout): string[] {
  return isGoingBack(rollout) ? [] : rollout.members.map(({ id }) => id);
}

/** How many joined with each stage. */
export function membersByStage({ members }: Pick<Rollout, "members">): Map<number, number> {
  const joined = new Map<number, number>();
  for (const { stage } of members) joined.set(stage, (joined.get(stage) ?? 0) + 1);
  return joined;
}

/** The stage whose collectors run the new configuration now; null before the first one has opened. */
export function openStageOf({ times }: Rollout): number | null {
  return times.length === 0 ? null : times.length - 1;
}
