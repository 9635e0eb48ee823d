import { z } from "zod";
import { BREAK_GLASS_MINUTES_MAX } from "#domain/fleet/breakGlass.ts";
import { conditionSchema } from "#domain/sampling/condition.ts";
import { atMs } from "./documentSchemas.ts";

const minutes = z.int().min(1).max(BREAK_GLASS_MINUTES_MAX).describe("Minutes, at most a day.");

export const breakGlassQuery = z.strictObject({
  past: z.enum(["true", "false"], "must be true or false").default("false").describe("`true` adds the latest hundred that have ended."),
});
export const breakGlassBody = z.strictObject({
  condition: conditionSchema.describe(
    "What is kept: `always`, `service`, `endpoint`, `attribute`, or `all` of up to eight of those, which one span must fulfil.",
  ),
  selector: z.string().max(1_000).default("").describe("On which collectors, as in Kubernetes: `env=prod, region in (eu,us)`; empty: all."),
  minutes,
  reason: z.string().min(1).max(500),
});
export const breakGlassExtension = z.strictObject({ minutes });
export const breakGlassEnd = z.object({ id: z.string(), endsAtMs: atMs });

export const breakGlassAnswer = z.object({
  id: z.string(),
  what: z.string().describe("In words."),
  condition: conditionSchema,
  selector: z.string(),
  reason: z.string(),
  byName: z.string(),
  startedAtMs: atMs,
  endsAtMs: atMs,
  endedAtMs: atMs.nullable(),
  endedBy: z.string().nullable().describe("Null where its time was over, or it lasts."),
  isSettled: z.boolean().describe("What collectors counted has all come in."),
  kept: z
    .object({ spans: z.number(), bytes: z.number(), costMicroUsd: z.int() })
    .nullable()
    .describe("What the policies would have sampled out, as counted; null as long as no collector has told."),
  estimate: z.union([
    z.object({ kind: z.enum(["measured", "atMost"]), spansPerS: z.number(), bytesPerS: z.number(), costMicroUsd: z.int() }),
    z.object({ kind: z.literal("unknown"), why: z.string() }),
  ]),
  collectors: z.object({ selected: z.int(), active: z.int(), problems: z.array(z.object({ collector: z.string(), problem: z.string() })) }),
});
