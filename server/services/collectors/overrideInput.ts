import { z } from "zod";
import { idSchema, versionNumberSchema } from "../documents/documentInput.ts";

export const OVERRIDE_MINUTES_MAX = 43_200;

const changeSchema = z.strictObject({
  kind: z.enum(["policy", "destination", "pipeline"], "must be policy, destination or pipeline"),
  id: idSchema,
  version: versionNumberSchema,
});
export const setOverrideSchema = z.strictObject({
  collectorId: idSchema,
  /** What it shall run instead, at most one version of each kind, on top of what it is to run now. */
  changes: z
    .array(changeSchema, "must be a list")
    .min(1, "must name at least one version")
    .max(3, "must name at most one version of each kind")
    .refine((changes) => new Set(changes.map(({ kind }) => kind)).size === changes.length, "must name at most one version of each kind"),
  reason: z.string("must be a text").trim().min(1, "must say why").max(500, "must have at most 500 characters"),
  minutes: z
    .int("must be a whole number of minutes")
    .min(1, "must be 1 or more")
    .max(OVERRIDE_MINUTES_MAX, `must be ${OVERRIDE_MINUTES_MAX} (30 days) or less`),
});
export type SetOverrideInput = z.input<typeof setOverrideSchema>;
