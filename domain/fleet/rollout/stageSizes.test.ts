import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLAN_PRESETS, planOf, presetOf } from "./planPresets.ts";
import { stageMembers } from "./stageMembers.ts";
import { stageSizes } from "./stageSizes.ts";

describe("how far each stage reaches", () => {
  it("is what the stages take, one after the other, whatever the size of the group", () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLAN_PRESETS), fc.integer({ min: 1, max: 300 }), (preset, size) => {
        const collectors = Array.from({ length: size }, (_, index) => `c${index}`);
        const { stages } = planOf(preset);
        const members: string[] = [];
        const taken = stages.map((stage) => {
          members.push(...stageMembers("r", stage.size, members, collectors));
          return members.length;
        });
        expect(stageSizes(stages, size)).toEqual(taken);
        expect(taken.at(-1)).toBe(size);
      }),
    );
  });

  it("of the usual plan in a group of 48 is 1, 12, 24, 48", () => expect(stageSizes(planOf("usual").stages, 48)).toEqual([1, 12, 24, 48]));
});

describe("presets", () => {
  it.each(PLAN_PRESETS)("knows %s again", (preset) => expect(presetOf(planOf(preset))).toBe(preset));
  it("does not take a changed plan for one of them", () => {
    const plan = planOf("usual");
    expect(presetOf({ ...plan, stages: plan.stages.map((stage) => ({ ...stage, bakeSeconds: 7 })) })).toBeNull();
  });
});
