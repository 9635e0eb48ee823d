import { newRollout } from "./advanceRollout.ts";
import type { CollectorFact, Gate, GateResult, Rollout } from "./rollout.ts";
import { type RolloutPlan, rolloutPlanSchema } from "./rolloutPlan.ts";

/** Two collectors, half of them, all; a minute each, the last with approval. */
export const PLAN: RolloutPlan = rolloutPlanSchema.parse({
  stages: [
    { size: { kind: "count", count: 2 }, bakeSeconds: 60 },
    { size: { kind: "share", share: 0.5 }, bakeSeconds: 60 },
    { size: { kind: "share", share: 1 }, bakeSeconds: 60, needsApproval: true },
  ],
});

export const START_MS = 1_700_000_000_000;

export const begin = (plan: RolloutPlan = PLAN): Rollout => newRollout({ id: "rollout 1", plan, nowMs: START_MS });

export function collector(id: string, fact: Partial<CollectorFact> = {}): CollectorFact {
  return { id, connected: true, awaySinceMs: null, restarts: 0, reconnects: 0, config: "old", ...fact };
}

export const fleetOf = (size: number, fact: Partial<CollectorFact> = {}): CollectorFact[] =>
  Array.from({ length: size }, (_, index) => collector(`c${index}`, fact));

export const gate = (state: GateResult["state"], of: Gate = "p99"): GateResult => ({
  gate: of,
  state,
  changed: 0.05,
  control: 0.04,
  limit: 1.25,
  against: "control",
  note: null,
});
