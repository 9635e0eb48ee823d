import { DEFAULT_PLAN, type RolloutPlan, rolloutPlanSchema } from "./rolloutPlan.ts";

export const PLAN_PRESETS = ["careful", "usual", "quick", "atOnce"] as const;
export type PlanPreset = (typeof PLAN_PRESETS)[number];

const ALL = { kind: "share", share: 1 } as const;

/** Plans to begin with: how far each step reaches, how long it is watched, and whether a person opens the last one. */
const PLANS: Record<PlanPreset, RolloutPlan> = {
  careful: rolloutPlanSchema.parse({
    stages: [
      { size: { kind: "count", count: 1 }, bakeSeconds: 900 },
      { size: { kind: "share", share: 0.1 }, bakeSeconds: 900 },
      { size: { kind: "share", share: 0.25 }, bakeSeconds: 900 },
      { size: { kind: "share", share: 0.5 }, bakeSeconds: 900 },
      { size: ALL, bakeSeconds: 900, needsApproval: true },
    ],
  }),
  usual: DEFAULT_PLAN,
  quick: rolloutPlanSchema.parse({
    stages: [
      { size: { kind: "count", count: 1 }, bakeSeconds: 90 },
      { size: ALL, bakeSeconds: 90 },
    ],
  }),
  atOnce: rolloutPlanSchema.parse({ stages: [{ size: ALL, bakeSeconds: 300 }] }),
};

export function planOf(preset: PlanPreset): RolloutPlan {
  return PLANS[preset];
}

/** Which preset has these stages; null when it is none of them. Gates are chosen apart. */
export function presetOf({ stages }: RolloutPlan): PlanPreset | null {
  const text = JSON.stringify(stages);
  return PLAN_PRESETS.find((preset) => JSON.stringify(PLANS[preset].stages) === text) ?? null;
}
