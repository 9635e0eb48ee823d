import { expect, it } from "vitest";
import { advanceRollout, afterGap } from "./advanceRollout.ts";
import type { RolloutReason } from "./rollout.ts";
import { rolloutStateSchema, rolloutStepSchema } from "./rolloutState.ts";
import { begin, fleetOf, gate, PLAN, START_MS } from "./rolloutTestData.ts";
import { plannedMembers, stageMembers } from "./stageMembers.ts";

const facts = (seconds: number, config: "old" | "new") => ({ nowMs: START_MS + seconds * 1_000, collectors: fleetOf(8, { config }), gates: [] });
const opened = advanceRollout(begin(), facts(0, "old"));

it("a rollout comes back from where it is kept as it was, with every reason there is", () => {
  const reasons: RolloutReason[] = [
    { kind: "gateFailed", gate: "p99", result: gate("fail") },
    { kind: "gateWithoutData", gates: ["p99"] },
    { kind: "notApplied", collectors: ["c1"], withinSeconds: 30 },
    { kind: "refused", collectors: ["c1"], path: null, reason: "no" },
    { kind: "wrongHash", collectors: [] },
    { kind: "away", collectors: ["c1"], forSeconds: 20 },
    { kind: "unstable", collectors: ["c1"] },
    { kind: "noCollectors" },
    { kind: "person", name: "Olga", message: null },
  ];
  for (const reason of reasons) {
    const rollout = { ...opened.rollout, reason };
    expect(rolloutStateSchema.parse(JSON.parse(JSON.stringify(rollout)))).toEqual(rollout);
  }
  for (const step of opened.steps) expect(rolloutStepSchema.parse(JSON.parse(JSON.stringify(step)))).toEqual(step);
  expect(rolloutStateSchema.safeParse({ ...opened.rollout, phase: "unheard of" }).success).toBe(false);
});

it("the time in which nobody looked counts neither as baking nor as lateness", () => {
  const gapMs = 3_600_000;
  const late = advanceRollout(afterGap(opened.rollout, gapMs), facts(3_610, "old"));
  expect(late.steps).toEqual([]);
  const baking = advanceRollout(opened.rollout, facts(1, "new")).rollout;
  expect(advanceRollout(afterGap(baking, gapMs), facts(3_630, "new")).rollout.phase).toBe("baking");
  expect(afterGap(opened.rollout, 0)).toBe(opened.rollout);
});

it("who is planned for each stage is who joins it, as long as all stay connected", () => {
  const ids = fleetOf(8).map(({ id }) => id);
  const planned = plannedMembers("rollout 1", PLAN, ids);
  expect(planned.map((members) => members.length)).toEqual([2, 4, 8]);
  expect(planned[0]).toEqual(stageMembers("rollout 1", PLAN.stages[0].size, [], ids));
  expect(planned[1].slice(0, 2)).toEqual(planned[0]);
});
