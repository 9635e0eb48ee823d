import { z } from "zod";
import { REPLAY_BACK_MS_MAX, SHADOW_MINUTES_MAX } from "#domain/sampling/compare/shadowReport.ts";
import { idSchema, versionNumberSchema } from "../documents/documentInput.ts";

/** Shadows of each kind that run at the same time, of everybody. */
export const SHADOWS_AT_ONCE_MAX = 5;
export const HOUR_MS = 3_600_000;
const HOURS_MAX = REPLAY_BACK_MS_MAX / HOUR_MS;
/** Collectors of one shadow. */
export const SHADOW_COLLECTORS_MAX = 200;
/** Shadows that are kept for looking back; the oldest ones go. */
export const SHADOWS_KEPT = 50;
const TITLE_MAX = 120;

const candidate = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("version"), policyId: idSchema, version: versionNumberSchema }),
    z.strictObject({
      kind: z.literal("body"),
      title: z.string("must be a text").trim().min(1, "must not be empty").max(TITLE_MAX, `must have at most ${TITLE_MAX} characters`),
      /** Of a draft: the policy that it changes. */
      policyId: idSchema.optional(),
      /** Parsed once it is known who asks. */
      body: z.unknown(),
    }),
  ],
  "must be a saved version or a policy",
);

const where = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("group"), groupId: idSchema }),
    z.strictObject({
      kind: z.literal("collectors"),
      collectorIds: z
        .array(idSchema, "must be a list of collectors' ids")
        .min(1, "must name at least one collector")
        .max(SHADOW_COLLECTORS_MAX, `must name at most ${SHADOW_COLLECTORS_MAX} collectors`)
        .refine((ids) => new Set(ids).size === ids.length, "must name each collector once"),
    }),
  ],
  "must be a group or collectors",
);

const over = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("live"),
      minutes: z
        .int("must be a whole number of minutes")
        .min(1, "must be at least 1 minute")
        .max(SHADOW_MINUTES_MAX, `must be at most ${SHADOW_MINUTES_MAX} minutes`),
    }),
    z.strictObject({
      kind: z.literal("recording"),
      hours: z.int("must be a whole number of hours").min(1, "must be at least 1 hour").max(HOURS_MAX, `must be at most ${HOURS_MAX} hours, a week`),
    }),
  ],
  "must be live traffic for some minutes, or the recording of the last hours",
);

export const startShadowSchema = z.strictObject({ candidate, where, over });
export type StartShadowInput = z.input<typeof startShadowSchema>;
