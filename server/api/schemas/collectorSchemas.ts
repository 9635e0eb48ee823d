import { z } from "zod";
import { carryOverSchema } from "#domain/fleet/carryOver.ts";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { atMs } from "./documentSchemas.ts";

const figure = z.number().nullable();
const named = z.object({ id: z.string(), name: z.string() });

export const collectorItem = z.object({
  id: z.string(),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  version: z.string(),
  state: z.enum(["online", "stale", "offline"]),
  lastSeenMs: atMs.nullable(),
  connectedSinceMs: atMs.nullable(),
  runningRevision: z.int().nullable(),
  runningHash: z.string().nullable(),
  configState: z.enum(["in-sync", "applying", "failed", "behind", "unmanaged"]).describe("Where it stands against what it should run."),
  configProblem: z.string().nullable(),
  group: named.nullable().describe("null for a moment after its first connection."),
  otherGroups: z.array(named).describe("Further groups whose selector matches it, the next in order first."),
  assignedRevision: z.int().nullable(),
  overriddenUntilMs: atMs.nullable().describe("It runs a revision of its own until then; null when it runs its group's."),
  receivedPerS: figure.describe("Spans a second; figures are null when it has not reported them lately."),
  keptPerS: figure,
  ackP99Ms: figure,
  queueSpans: figure,
  queueCapacitySpans: figure,
  rssBytes: figure,
  cpuCores: figure,
  otlpGrpcEndpoint: z.string().nullable(),
  otlpHttpEndpoint: z.string().nullable(),
});
type CollectorItem = z.input<typeof collectorItem>;

const report = z.object({
  atMs,
  revision: z.int(),
  state: z.enum(["applying", "applied", "failed"]),
  failingPath: z.string().nullable(),
  reason: z.string().nullable(),
  logLines: z.array(z.string()),
  tookMs: z.number().nullable(),
  carryOver: carryOverSchema.nullable(),
});

export const collectorAnswer = collectorItem.extend({
  instanceUid: z.string(),
  enrolledAtMs: atMs,
  tokenName: z.string().nullable().describe("The enrolment token that it came with; null when that is gone."),
  credentialRevokedAtMs: atMs.nullable(),
  effectiveConfig: z.unknown().describe("What it runs, as it reported it; header values are redacted. null before its first report."),
  reports: z.array(report).describe("Its last reports about configurations, newest first, at most 50."),
});

/** The live figures that are part of the API; the pages see more, and those may change. */
export function toCollectorItem(row: CollectorRow): CollectorItem {
  const { id, name, labels, version, state, lastSeenMs, connectedSinceMs, runningRevision, runningHash, configState, configProblem } = row;
  const { receivedPerS, keptPerS, ackP99Ms, queueSpans, queueCapacitySpans, rssBytes, cpuCores, otlpGrpcEndpoint, otlpHttpEndpoint } = row;
  const { group, otherGroups, assignedRevision, overriddenUntilMs } = row;
  const whatItIs = { id, name, labels, version, state, lastSeenMs, connectedSinceMs, runningRevision, runningHash, configState, configProblem };
  const whatItShallRun = { group, otherGroups, assignedRevision, overriddenUntilMs };
  return {
    ...whatItIs,
    ...whatItShallRun,
    receivedPerS,
    keptPerS,
    ackP99Ms,
    queueSpans,
    queueCapacitySpans,
    rssBytes,
    cpuCores,
    otlpGrpcEndpoint,
    otlpHttpEndpoint,
  };
}
