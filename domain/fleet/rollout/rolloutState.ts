import { z } from "zod";
import { GATES, type GateResult, type Rollout, type RolloutReason, type RolloutStep } from "./rollout.ts";
import { rolloutPlanSchema } from "./rolloutPlan.ts";

const time = z.number();
const ids = z.array(z.string());
const gate = z.enum(GATES);

export const gateResultSchema: z.ZodType<GateResult> = z.strictObject({
  gate,
  state: z.enum(["pass", "near", "fail", "undecided", "noData"]),
  changed: z.number().nullable(),
  control: z.number().nullable(),
  limit: z.number().nullable(),
  against: z.enum(["control", "before"]).nullable(),
  note: z.string().nullable(),
});

const reasonSchema: z.ZodType<RolloutReason> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("gateFailed"), gate, result: gateResultSchema }),
  z.strictObject({ kind: z.literal("gateWithoutData"), gates: z.array(gate) }),
  z.strictObject({ kind: z.literal("notApplied"), collectors: ids, withinSeconds: z.number() }),
  z.strictObject({ kind: z.literal("refused"), collectors: ids, path: z.string().nullable(), reason: z.string() }),
  z.strictObject({ kind: z.literal("wrongHash"), collectors: ids }),
  z.strictObject({ kind: z.literal("away"), collectors: ids, forSeconds: z.number() }),
  z.strictObject({ kind: z.literal("unstable"), collectors: ids }),
  z.strictObject({ kind: z.literal("noCollectors") }),
  z.strictObject({ kind: z.literal("person"), name: z.string(), message: z.string().nullable() }),
]);

/** A rollout as it is kept; what does not fit it was written by another version, and is not touched. */
export const rolloutStateSchema: z.ZodType<Rollout> = z.strictObject({
  id: z.string(),
  plan: rolloutPlanSchema,
  phase: z.enum(["approval", "applying", "baking", "rollingBack", "rolledBack", "completed"]),
  stage: z.int().min(0),
  members: z.array(z.strictObject({ id: z.string(), joinedAtMs: time, stage: z.int().min(0) })),
  times: z.array(z.strictObject({ openedAtMs: time, appliedAtMs: time.nullable(), passedAtMs: time.nullable() })),
  sinceMs: time,
  pausedAtMs: time.nullable(),
  reason: reasonSchema.nullable(),
  endedAtMs: time.nullable(),
});

const stage = z.int().min(0);
export const rolloutStepSchema: z.ZodType<RolloutStep | { kind: "started"; message: string | null }> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("started"), message: z.string().nullable() }),
  z.strictObject({ kind: z.literal("stageOpened"), stage, collectors: ids }),
  z.strictObject({ kind: z.literal("applied"), stage, collectors: z.number(), tookMs: z.number() }),
  z.strictObject({ kind: z.literal("stagePassed"), stage, byPerson: z.string().nullable() }),
  z.strictObject({ kind: z.literal("approvalWanted"), stage }),
  z.strictObject({ kind: z.literal("approved"), stage, name: z.string() }),
  z.strictObject({ kind: z.literal("paused"), reason: reasonSchema }),
  z.strictObject({ kind: z.literal("resumed"), name: z.string() }),
  z.strictObject({ kind: z.literal("rollingBack"), reason: reasonSchema, collectors: ids }),
  z.strictObject({ kind: z.literal("rolledBack"), tookMs: z.number(), unconfirmed: ids }),
  z.strictObject({ kind: z.literal("completed") }),
]);
