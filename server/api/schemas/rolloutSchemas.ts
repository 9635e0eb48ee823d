import { z } from "zod";
import { GATES } from "#domain/fleet/rollout/rollout.ts";
import { rolloutPlanSchema } from "#domain/fleet/rollout/rolloutPlan.ts";
import { ROLLOUT_COLLECTOR_STATES } from "#domain/fleet/rollout/rolloutView.ts";
import { idSchema, messageSchema } from "../../services/documents/documentInput.ts";
import { shownAs } from "../namedSchemas.ts";
import { pageOf, pageQuery } from "../page.ts";
import { atMs, versionNumber } from "./documentSchemas.ts";
import { inDigits } from "./inDigits.ts";

const stageNumber = z.int().describe("From 0.");
const figure = z.number().nullable();
const gate = z.enum(GATES);
const some = {
  collectors: z.array(z.string()).describe("Ids, of a few."),
  others: z.int().optional().describe("How many more there are."),
};

const gateResult = z.object({
  gate,
  state: z.enum(["pass", "near", "fail", "undecided", "noData"]),
  changed: figure,
  control: figure,
  limit: figure,
  against: z.enum(["control", "before"]).nullable().describe("What `control` is of: the unchanged collectors, or the changed ones before the change."),
  note: z.string().nullable(),
});

const reason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("gateFailed"), gate, result: gateResult }),
  z.object({ kind: z.literal("gateWithoutData"), gates: z.array(gate) }),
  z.object({ kind: z.literal("notApplied"), ...some, withinSeconds: z.number() }),
  z.object({ kind: z.literal("refused"), ...some, path: z.string().nullable(), reason: z.string() }),
  z.object({ kind: z.literal("wrongHash"), ...some }),
  z.object({ kind: z.literal("away"), ...some, forSeconds: z.number() }),
  z.object({ kind: z.literal("unstable"), ...some }),
  z.object({ kind: z.literal("noCollectors") }),
  z.object({ kind: z.literal("person"), name: z.string(), message: z.string().nullable() }),
]);

const step = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("started"), message: z.string().nullable() }),
  z.object({ kind: z.literal("stageOpened"), stage: stageNumber, ...some }),
  z.object({ kind: z.literal("applied"), stage: stageNumber, collectors: z.int(), tookMs: z.number() }),
  z.object({ kind: z.literal("stagePassed"), stage: stageNumber, byPerson: z.string().nullable() }),
  z.object({ kind: z.literal("approvalWanted"), stage: stageNumber }),
  z.object({ kind: z.literal("approved"), stage: stageNumber, name: z.string() }),
  z.object({ kind: z.literal("paused"), reason }),
  z.object({ kind: z.literal("resumed"), name: z.string() }),
  z.object({ kind: z.literal("rollingBack"), reason, ...some }),
  z.object({ kind: z.literal("rolledBack"), tookMs: z.number(), unconfirmed: z.array(z.string()), others: z.int().optional() }),
  z.object({ kind: z.literal("completed") }),
]);

const stage = z.object({
  state: z.enum(["ahead", "waiting", "applying", "baking", "passed", "back"]),
  size: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("count"), count: z.int() }),
    z.object({ kind: z.literal("share"), share: z.number().describe("Of all of the group, 0 to 1.") }),
  ]),
  bakeSeconds: z.int(),
  needsApproval: z.boolean(),
  joined: z.int().nullable().describe("Collectors that joined with it; null as long as it has not opened."),
  openedAtMs: atMs.optional(),
  appliedAtMs: atMs.nullable().optional(),
  passedAtMs: atMs.nullable().optional(),
});

const head = {
  number: z.int(),
  group: z.object({ id: z.string(), name: z.string() }),
  kind: z.enum(["policy", "destination", "pipeline"]),
  document: z.object({ id: z.string(), name: z.string() }),
  fromVersion: versionNumber.nullable().describe("null where another document ran."),
  toVersion: versionNumber,
  fromRevision: z.int(),
  toRevision: z.int(),
  phase: z.enum(["approval", "applying", "baking", "rollingBack", "rolledBack", "completed"]),
  reason: reason.nullable().describe("Why it is paused, goes back or went back."),
  pausedAtMs: atMs.nullable(),
  sinceMs: atMs.describe("When the phase began, less the time for which it was paused."),
  startedAtMs: atMs,
  endedAtMs: atMs.nullable(),
  authorName: z.string(),
  approverName: z.string().nullable(),
  message: z.string().nullable(),
  stages: z.array(stage),
  changed: z.int().describe("Collectors that are to run the new configuration."),
  collectors: z.int().describe("Of so many that it is for."),
};

const forecast = z.object({ low: z.number(), high: z.number(), expected: z.number() }).describe("Of the share of received spans that is kept.");

export const rolloutItem = z.object(head);
export const rolloutPage = pageOf(rolloutItem).extend({
  live: z.array(rolloutItem).describe("Those that are under way, newest first; on the first page alone."),
});

export const rolloutAnswer = z.object({
  ...head,
  plan: shownAs(rolloutPlanSchema),
  sentences: z.array(z.string()).describe("What it changes, a sentence each."),
  gates: z.array(
    gateResult.extend({
      state: z.enum(["pass", "near", "fail", "undecided", "noData", "off"]),
      unit: z.string(),
      sinceMs: atMs.nullable(),
    }),
  ),
  log: z.array(z.object({ sequence: z.int(), atMs, by: z.string(), step })).describe("Oldest first, the newest 500."),
  names: z.record(z.string(), z.string()).describe("Of the collectors that the log and the reason name, by id."),
  lost: z
    .object({
      spans: z.number(),
      complete: z.boolean(),
      missing: z
        .object({
          windows: z.int(),
          fromMs: atMs,
          toMs: atMs,
          collectors: z.array(z.object({ id: z.string(), name: z.string() })),
          others: z.int(),
        })
        .nullable()
        .describe("The windows in which some of their time is not measured, and whose."),
    })
    .describe("Spans that changed collectors dropped since the start, and whether that is known of all of the time."),
  forecast: forecast.nullable(),
  outcome: z
    .object({
      keptShare: z.object({ before: figure, forecast: figure, came: figure, error: figure }),
      spansPerS: z.object({ before: figure, came: figure }),
      costMicroUsdPerHour: z.object({ before: figure, came: figure }),
      cpuCores: z.object({ before: figure, came: figure }),
      overMs: z.number(),
    })
    .nullable()
    .describe("Once it is completed."),
  failures: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      path: z.string().nullable(),
      reason: z.string().nullable(),
      logLines: z.array(z.string()),
      atMs: atMs.nullable(),
    }),
  ),
  failuresLeftOut: z.int(),
  may: z
    .object({
      approve: z.string().nullable(),
      pause: z.string().nullable(),
      resume: z.string().nullable(),
      promote: z.string().nullable(),
      abort: z.string().nullable(),
    })
    .describe("Why the caller may not do it now; null where they may."),
  heldBy: z.string().nullable().describe("Why no stage opens although none is to be approved."),
  nowMs: atMs,
});

export const rolloutCollectors = pageOf(
  z.object({ id: z.string(), name: z.string(), state: z.enum(ROLLOUT_COLLECTOR_STATES), stage: stageNumber.nullable() }),
).extend({ total: z.int() });

export const rolloutPreview = z.object({
  problems: z.array(z.object({ path: z.string(), message: z.string() })).describe("Why it can't start as it is."),
  warnings: z.array(z.string()).describe("What it can do less well than its gates promise."),
  sentences: z.array(z.string()),
  stageSizes: z.array(z.int()),
  connected: z.int(),
  away: z.int(),
  overridden: z.int(),
  needsApproval: z.boolean(),
  forecast: forecast.nullable(),
});

export const rolloutNumber = z.object({ number: z.int() });
export const rolloutParams = z.object({ number: inDigits(z.int().min(1).max(2_147_483_647)) });
export const rolloutsQuery = z.strictObject({
  ...pageQuery,
  groupId: idSchema.optional().describe("Only those of this group."),
  outcome: z.enum(["live", "completed", "rolledBack"], "must be live, completed or rolledBack").optional(),
});
export const rolloutCollectorsQuery = z.strictObject({
  ...pageQuery,
  search: z.string().max(128, "must have at most 128 characters").optional().describe("Part of the name."),
  state: z.enum(ROLLOUT_COLLECTOR_STATES, `must be one of ${ROLLOUT_COLLECTOR_STATES.join(", ")}`).optional(),
  stage: inDigits(z.int().min(0).max(19, "must be at most 19")).optional().describe("Those that joined with it, from 0."),
});
/** Whoever stops one may say why. */
export const rolloutReasonBody = z.strictObject({ message: messageSchema });
