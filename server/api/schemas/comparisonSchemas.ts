import { z } from "zod";
import { forecastSchema } from "#domain/sampling/compare/forecast.ts";
import { ESTIMATED_BECAUSE } from "#domain/sampling/compare/summariseComparison.ts";
import { samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { shownAs } from "../namedSchemas.ts";
import { atMs, versionNumber } from "./documentSchemas.ts";

const estimate = z.object({ expected: z.number(), low: z.number(), high: z.number() });
/** A collector's clock may say fractions. */
const collectorMs = z.number().describe("Milliseconds since 1970, by the collector's clock.");
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
  replay: z
    .object({
      progress: z.number().describe("Of the recordings of those that have one, 0 to 1."),
      isPartial: z.boolean().describe("Not all of them has been read, or not yet."),
      read: z
        .object({
          fromMs: collectorMs,
          untilMs: collectorMs,
          recordedShare: z.number().describe("Of the traces; the least of any of the collectors."),
          shortestMs: z.number().describe("How far the shortest of the recordings reaches."),
          isLess: z.boolean().describe("That is less than was asked for."),
          spans: z.number(),
          spansPerS: z.number(),
          redacted: z.array(z.string()).describe("Attributes that a policy asks for and the recordings don't hold."),
          gaps: z.array(z.object({ fromMs: collectorMs, untilMs: collectorMs, reason: z.string(), collectorName: z.string() })).describe("The longest."),
          gapsLeftOut: z.int(),
        })
        .nullable()
        .describe("null before anything was read."),
    })
    .nullable()
    .describe("Of one over a recording."),
  forecast: forecastSchema.nullable().describe("What a rollout of the policy can be held to."),
  liveRevisions: z.array(z.int()).describe("That the collectors ran meanwhile."),
});

export const comparisonStarted = z.object({ id: z.string() });
