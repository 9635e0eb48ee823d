import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLAN_PRESETS, planOf } from "#domain/fleet/rollout/planPresets.ts";
import type { RolloutPlan } from "#domain/fleet/rollout/rolloutPlan.ts";
import { addStage, changeGate, changeStage, draftOfPlan, readPlan, removeStage } from "./planDraft.ts";

const usual = () => draftOfPlan(planOf("usual"));

describe("a plan as it is typed", () => {
  it.each(PLAN_PRESETS)("gives the plan %s back as it was", (preset) => expect(readPlan(draftOfPlan(planOf(preset))).plan).toEqual(planOf(preset)));

  it("gives back any limit that a plan may have", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 10_000 }), fc.boolean(), (percent, share, looked) => {
        const base = planOf("usual");
        const gates: RolloutPlan["gates"] = { ...base.gates, p99RatioMax: looked ? (100 + percent) / 100 : null, queueShareMax: share / 10_000 };
        expect(readPlan(draftOfPlan({ ...base, gates })).plan?.gates).toEqual(gates);
      }),
    );
  });

  it("reads minutes, per cent and megabytes", () => {
    let draft = changeStage(usual(), 1, { amount: "12.5 %", bake: "2", bakeUnit: "h" });
    draft = changeGate(draft, "memoryBytesPerMinuteMax", { text: "1,5" });
    const { plan } = readPlan(draft);
    expect(plan?.stages[1]).toEqual({ size: { kind: "share", share: 0.125 }, bakeSeconds: 7_200, needsApproval: false });
    expect(plan?.gates.memoryBytesPerMinuteMax).toBe(1_500_000);
  });

  it("says at the field what is wrong, in the field's units, and takes no default for what can't be read", () => {
    let draft = changeStage(usual(), 0, { amount: "some", bake: "soon" });
    draft = changeStage(draft, 2, { amount: "20" });
    draft = changeGate(draft, "queueShareMax", { text: "170" });
    draft = changeGate(draft, "p99RatioMax", { text: "-5" });
    const { plan, problems } = readPlan(draft);
    expect(plan).toBeNull();
    expect(Object.fromEntries(problems)).toMatchObject({
      "stages[0].size": "must be a number",
      "stages[0].bakeSeconds": "must be a number",
      "gates.queueShareMax": "must be between 0 and 100 %",
      "gates.p99RatioMax": "must be 0 or more",
    });
    expect(readPlan(changeStage(usual(), 2, { amount: "20" })).problems.get("stages[2].size")).toBe("must be more than the stage before");
  });

  it("does not look at a gate that is off, whatever stands in its field", () => {
    expect(readPlan(changeGate(usual(), "droppedMax", { on: false, text: "many" })).plan?.gates.droppedMax).toBeNull();
  });

  it("puts a stage before the last one and takes it away again", () => {
    const more = addStage(usual());
    expect(readPlan(more).plan?.stages.map(({ size }) => size)).toEqual([
      { kind: "count", count: 1 },
      { kind: "share", share: 0.25 },
      { kind: "share", share: 0.5 },
      { kind: "share", share: 0.75 },
      { kind: "share", share: 1 },
    ]);
    expect(readPlan(removeStage(more, 4)).plan).toEqual(planOf("usual"));
    expect(readPlan(addStage(draftOfPlan(planOf("atOnce")))).plan?.stages).toHaveLength(2);
  });
});
