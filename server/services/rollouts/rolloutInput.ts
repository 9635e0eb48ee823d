import { z } from "zod";
import { freezeWindowsSchema } from "#domain/fleet/rollout/freezeWindows.ts";
import { GATES } from "#domain/fleet/rollout/rollout.ts";
import { gateSettingsSchema, rolloutPlanSchema, STAGES_MAX } from "#domain/fleet/rollout/rolloutPlan.ts";
import { ROLLOUT_COLLECTOR_STATES } from "#domain/fleet/rollout/rolloutView.ts";
import { previewSchema } from "../apply/applyInput.ts";
import { idSchema, messageSchema } from "../documents/documentInput.ts";

const numberSchema = z
  .int("must be a rollout's number")
  .min(1, "must be 1 or more")
  .max(2 ** 31 - 1, "must be a rollout's number");
const share = z.number("must be a number").min(0, "must be between 0 and 1").max(1, "must be between 0 and 1");
export const forecastSchema = z
  .strictObject({ low: share, high: share, expected: share })
  .refine(({ low, high, expected }) => low <= expected && expected <= high, "must have what is expected between low and high")
  .nullable()
  .default(null);
const reason = z.string("must be a text").trim().min(1, "must say why").max(500, "must have at most 500 characters");

export const byNumberSchema = z.strictObject({ number: numberSchema });
export const withMessageSchema = byNumberSchema.extend({ message: messageSchema });
export const listRolloutsSchema = z
  .strictObject({
    groupId: idSchema.optional(),
    outcome: z.enum(["live", "completed", "rolledBack"], "must be live, completed or rolledBack").optional(),
    before: numberSchema.optional(),
    limit: z.int().min(1).max(200).default(50),
  })
  .prefault({});
const COLLECTORS_PAGE_MAX = 200;
export const collectorPageSchema = byNumberSchema.extend({
  search: z.string("must be a text").max(128, "must have at most 128 characters").default(""),
  state: z.enum(ROLLOUT_COLLECTOR_STATES, `must be one of ${ROLLOUT_COLLECTOR_STATES.join(", ")}`).optional(),
  stage: z
    .int("must be a stage, from 0")
    .min(0, "must be a stage, from 0")
    .max(STAGES_MAX - 1, `must be at most ${STAGES_MAX - 1}`)
    .optional(),
  named: z.boolean("must be true or false").default(false),
  from: z.int("must be a whole number").min(0, "must be 0 or more").max(1_000_000, "must be at most 1000000").default(0),
  limit: z.int("must be a whole number").min(1, "must be 1 or more").max(COLLECTORS_PAGE_MAX, `must be at most ${COLLECTORS_PAGE_MAX}`).default(50),
  /** Of what the caller holds: it keeps answers of different lists apart where they are kept. */
  order: z.string().max(32, "must have at most 32 characters").optional(),
});
export const chartSchema = byNumberSchema.extend({ gate: z.enum(GATES, `must be one of ${GATES.join(", ")}`), sinceMs: z.number().optional() });
export const previewRolloutSchema = previewSchema.extend({ plan: rolloutPlanSchema, forecast: forecastSchema });
export const startRolloutSchema = previewRolloutSchema.extend({ message: messageSchema, override: reason.optional() });
export const stopAllSchema = z.strictObject({ reason });
export const setFreezeWindowsSchema = z.strictObject({ windows: freezeWindowsSchema });
export const replayGatesSchema = z.strictObject({ groupId: idSchema, gates: gateSettingsSchema });

export type ByNumberInput = z.input<typeof byNumberSchema>;
export type WithMessageInput = z.input<typeof withMessageSchema>;
export type ListRolloutsInput = z.input<typeof listRolloutsSchema>;
export type CollectorPageInput = z.input<typeof collectorPageSchema>;
export type ChartInput = z.input<typeof chartSchema>;
export type PreviewRolloutInput = z.input<typeof previewRolloutSchema>;
export type StartRolloutInput = z.input<typeof startRolloutSchema>;
export type StopAllInput = z.input<typeof stopAllSchema>;
export type SetFreezeWindowsInput = z.input<typeof setFreezeWindowsSchema>;
export type ReplayGatesInput = z.input<typeof replayGatesSchema>;
