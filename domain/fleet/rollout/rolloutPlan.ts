import { z } from "zod";

const seconds = (min: number, max: number) =>
  z.int("must be a whole number of seconds").min(min, `must be at least ${min} s`).max(max, `must be at most ${max} s`);
const positive = z.number("must be a number").gt(0, "must be above 0");

export const STAGES_MAX = 20;

/** How many of the group's collectors run the new configuration once the stage is open, those of the stages before included. */
export const stageSizeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("count"), count: z.int("must be a whole number").min(1, "must be 1 or more").max(100_000, "must be at most 100000") }),
  z.strictObject({ kind: z.literal("share"), share: positive.max(1, "must be between 0 and 1, 1 is all") }),
]);
export type StageSize = z.infer<typeof stageSizeSchema>;

const stageSchema = z.strictObject({
  size: stageSizeSchema,
  /** How long the gates must hold after all of the stage run the new configuration. */
  bakeSeconds: seconds(0, 7 * 86_400).default(300),
  /** A person says go before the stage opens. */
  needsApproval: z.boolean("must be true or false").default(false),
});

export const gateSettingsSchema = z.strictObject({
  /** All collectors of a stage report the new configuration's hash within this. */
  applyWithinSeconds: seconds(1, 3_600).default(30),
  /** How long a collector may be away before that counts against the change. */
  awayForSeconds: seconds(1, 3_600).default(20),
  /** How often one collector of a stage may start or connect again. */
  restartsMax: z.int("must be a whole number").min(0, "must be 0 or more").default(1),
  reconnectsMax: z.int("must be a whole number").min(0, "must be 0 or more").default(3),
  /** Changed and control are compared by windows this long. */
  windowSeconds: seconds(1, 60).default(10),
  /** How many times as long P99 may take as it would without the change; see compareToControl(). Null: not looked at. */
  p99RatioMax: positive.min(1, "must be 1 or more").nullable().default(1.25),
  /** The fullest queue of the stage, as a share of its capacity. */
  queueShareMax: positive.max(1, "must be between 0 and 1").nullable().default(0.7),
  /** Growth of resident memory, when it is a trend. */
  memoryBytesPerMinuteMax: positive.nullable().default(2_000_000),
  /** Spans lost by the changed collectors since the stage began, in all. */
  droppedMax: z.int("must be a whole number").min(0, "must be 0 or more").nullable().default(0),
  /** Share of spans refused, above that of the control group. */
  refusedShareMax: z.number("must be a number").min(0, "must be 0 or more").max(1, "must be between 0 and 1").nullable().default(0.001),
  /** Whether the share that is kept must lie within what was forecast. */
  keptShareWithinForecast: z.boolean("must be true or false").default(true),
});

export type GateSettings = z.infer<typeof gateSettingsSchema>;

/** Stages grow, and the last has all collectors. */
export const rolloutPlanSchema = z
  .strictObject({
    stages: z.array(stageSchema).min(1, "must have a stage").max(STAGES_MAX, `must have at most ${STAGES_MAX} stages`),
    gates: gateSettingsSchema.prefault({}),
  })
  .superRefine(({ stages }, ctx) => {
    for (const [at, { size }] of stages.entries()) {
      const before = stages[at - 1]?.size;
      if (before && !growsFrom(before, size)) ctx.addIssue({ code: "custom", path: ["stages", at, "size"], message: "must be more than the stage before" });
    }
    const last = stages.at(-1)?.size;
    if (last && !(last.kind === "share" && last.share === 1))
      ctx.addIssue({ code: "custom", path: ["stages", stages.length - 1, "size"], message: "must be all collectors, since it is the last stage" });
  });
export type RolloutPlan = z.infer<typeof rolloutPlanSchema>;

/** A count and a share are compared only once the fleet's size is known; stageMembers() never takes one away. */
function growsFrom(before: StageSize, after: StageSize): boolean {
  if (before.kind === "count" && after.kind === "count") return after.count > before.count;
  if (before.kind === "share" && after.kind === "share") return after.share > before.share;
  return true;
}

/** One collector, a quarter, half, all; five minutes each. */
export const DEFAULT_PLAN: RolloutPlan = rolloutPlanSchema.parse({
  stages: [
    { size: { kind: "count", count: 1 } },
    { size: { kind: "share", share: 0.25 } },
    { size: { kind: "share", share: 0.5 } },
    { size: { kind: "share", share: 1 } },
  ],
});
