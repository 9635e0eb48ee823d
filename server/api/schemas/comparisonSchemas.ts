import { z } from "zod";
import { forecastSchema } from "#domain/sampling/compare/forecast.ts";
import { ESTIMATED_BECAUSE } from "#domain/sampling/compare/summariseComparison.ts";
import { samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { shownAs } from "../namedSchemas.ts";
import { atMs, versionNumber } from "./documentSchemas.ts";

const estimate = z.object({ expected: z.number(), low: z.number(), high: z.number() });
const compared = z.object({ live: estimate, candidate: estimate, difference: estimate });

const head = {
  id: z.string(),
  kind: z.enum(["live", "replay"]),
  backMs: z.int().nullable().describe("Of one over a recording: how far it reaches back."),
  title: z.string(),
  policyId: z.string().nullable(),
  policyVersion: versionNumber.nullable(),
  groupId: z.string().nullable().describe("null where single collectors were chosen."),
  startedBy: z.string(),
  startedAtMs: atMs,
  endsAtMs: atMs,
  stoppedAtMs: atMs.nullable(),
  state: z.enum(["running", "ended", "stopped"]),
};

export const comparisonItem = z.object({ ...head, collectors: z.int() });

export const comparisonAnswer = z.object({
  ...head,
  policy: shownAs(samplingPolicySchema),
  groupName: z.string().nullable(),
  nowMs: atMs,
  collectors: z.array(z.object({ id: z.string(), name: z.string(), state: z.string(), problem: z.string().nullable() })),
  summary: z.object({
    seenSpansPerS: z.number(),
    seenBytesPerS: z.number(),
    seconds: z.number().describe("The longest that one of them counted."),
    collectors: z.int().describe("That counted something."),
    figures: z
      .object({
        keptShare: compared,
        keptSpansPerS: compared,
        keptBytesPerS: compared,
        bytesPerMonth: compared,
        microUsdPerMonth: compared,
        agreement: z.number().describe("Share of the spans on which both did the same."),
      })
      .nullable()
      .describe("null before anything was compared. `low` and `high`: with 95% confidence, chance alone considered."),
    seenIsExact: z.boolean(),
    estimatedBecause: z.array(z.enum(ESTIMATED_BECAUSE)),
  }),
  forecast: forecastSchema.nullable().describe("What a rollout of the policy can be held to."),
  liveRevisions: z.array(z.int()).describe("That the collectors ran meanwhile."),
});

export const comparisonStarted = z.object({ id: z.string() });
