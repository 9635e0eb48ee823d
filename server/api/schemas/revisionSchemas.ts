import { z } from "zod";
import { carryOverSchema } from "#domain/fleet/carryOver.ts";
import { keepSchema } from "#domain/sampling/keep.ts";
import { atMs, versionNumber } from "./documentSchemas.ts";
import { inDigits } from "./inDigits.ts";

const revisionNumber = z.int().min(1);
const figure = z.number().nullable();
const keptRates = z.object({ keptPerS: z.number(), bytesKeptPerS: z.number(), costMicroUsdPerHour: figure });

const estimate = z.object({
  tiers: z.array(
    z.object({
      name: z.string(),
      exact: z.boolean(),
      reason: z.string().nullable(),
      runningName: z.string().nullable(),
      ratioBefore: figure,
      ratioAfter: figure,
      keepBefore: keepSchema.nullable(),
      keepAfter: keepSchema,
      matchedPerS: figure,
      keptBeforePerS: figure,
      keptAfterPerS: figure,
      bytesKeptBeforePerS: figure,
      bytesKeptAfterPerS: figure,
      atMost: z.boolean(),
    }),
  ),
  before: keptRates,
  after: keptRates.nullable(),
  reason: z.string().nullable(),
});

export const applyPreview = z.object({
  collectors: z.int().describe("Collectors that would be given it now."),
  offline: z.int().describe("Collectors that will be given it when they come back."),
  overridden: z.int().describe("Collectors of the group that go on with what they were given instead, until that ends."),
  fromVersion: versionNumber.nullable().describe("The version of the same document that runs now; null when another document runs."),
  sameHash: z.boolean().describe("Collectors run exactly this already; nothing would be sent."),
  estimate: estimate.nullable().describe("What it does to the present traffic; of a policy, and where there are live counts."),
  sentences: z.array(z.string()).describe("What changes, a sentence each."),
});

export const applyStarted = z.object({
  revision: revisionNumber.describe("Of the first group."),
  hash: z.string(),
  revisions: z.array(z.object({ groupId: z.string(), revision: revisionNumber, hash: z.string() })).describe("One for each group."),
});

export const revisionParams = z.object({ revision: inDigits(z.int().min(1).max(2_147_483_647)) });

export const revisionAnswer = z.object({
  revision: revisionNumber,
  hash: z.string(),
  groupId: z.string(),
  createdAtMs: atMs,
  authorName: z.string(),
  collectors: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      state: z.enum(["pending", "applying", "applied", "failed", "offline", "overridden", "superseded"]),
      problem: z.string().nullable(),
      tookMs: z.number().nullable(),
      carryOver: carryOverSchema.nullable(),
    }),
  ),
});

const part = z.object({ id: z.string(), name: z.string(), version: versionNumber });
export const currentRevisionAnswer = z.object({
  ownRevision: revisionNumber.nullable().describe("null of a group that runs what the default one runs, because nothing was applied to it yet."),
  revision: revisionNumber,
  hash: z.string(),
  policy: part,
  destination: part.extend({ kind: z.enum(["otlp", "archive", "discard"]) }),
  pipeline: part,
  appliedAtMs: atMs,
  authorName: z.string(),
  inSync: z.int().describe("Of the group's collectors that are not offline, those that run what they shall run."),
  total: z.int(),
});

export const revisionItem = z.object({
  revision: revisionNumber,
  hash: z.string(),
  groupId: z.string(),
  groupName: z.string(),
  collector: z.object({ id: z.string(), name: z.string().nullable() }).nullable().describe("Of an override: the one collector that it was made for."),
  policyId: z.string(),
  policyName: z.string(),
  policyVersion: versionNumber,
  destinationId: z.string(),
  destinationName: z.string(),
  destinationVersion: versionNumber,
  pipelineId: z.string(),
  pipelineName: z.string(),
  pipelineVersion: versionNumber,
  authorName: z.string(),
  createdAtMs: atMs,
  message: z.string().nullable(),
});
