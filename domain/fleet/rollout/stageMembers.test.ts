import fc from "fast-check";
import { expect, it } from "vitest";
import { rolloutPlanSchema, type StageSize } from "./rolloutPlan.ts";
import { stageMembers } from "./stageMembers.ts";

const share = (of: number): StageSize => ({ kind: "share", share: of });
const ids = fc.uniqueArray(fc.uuid(), { maxLength: 60 });

it("chooses the same whatever the order in which collectors are listed, and others for another rollout", () => {
  fc.assert(
    fc.property(ids, fc.double({ min: 0.01, max: 1, noNaN: true }), (collectors, of) => {
      expect(stageMembers("a", share(of), [], collectors.toReversed())).toEqual(stageMembers("a", share(of), [], collectors));
    }),
  );
  const fleet = Array.from({ length: 100 }, (_, index) => `c${index}`);
  expect(stageMembers("a", share(0.1), [], fleet)).not.toEqual(stageMembers("b", share(0.1), [], fleet));
});

it("takes as many as the size says, at least one while one is left, and the later stage contains the earlier", () => {
  fc.assert(
    fc.property(ids, fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { maxLength: 5 }), (collectors, shares) => {
      let members: string[] = [];
      for (const of of [...shares.sort((a, b) => a - b), 1]) {
        const joining = stageMembers("a", share(of), members, collectors);
        expect(joining.filter((id) => members.includes(id))).toEqual([]);
        if (members.length < collectors.length) expect(joining.length).toBe(Math.max(1, Math.ceil(of * collectors.length - 1e-9) - members.length));
        members = [...members, ...joining];
      }
      expect(new Set(members)).toEqual(new Set(collectors));
    }),
  );
  expect(stageMembers("a", { kind: "count", count: 3 }, ["x"], ["x", "y", "z", "w"])).toHaveLength(2);
  expect(
    stageMembers(
      "a",
      share(0.3),
      [],
      Array.from({ length: 10 }, (_, index) => `c${index}`),
    ),
  ).toHaveLength(3);
});

it("says where a plan is wrong", () => {
  const problems = (stages: unknown) => rolloutPlanSchema.safeParse({ stages }).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  const all = { size: share(1) };
  expect(problems([all])).toBeUndefined();
  expect(problems([])).toEqual(["stages: must have a stage"]);
  expect(problems([{ size: share(0.5) }])).toEqual(["stages.0.size: must be all collectors, since it is the last stage"]);
  expect(problems([{ size: share(0.5) }, { size: share(0.5) }, all])).toEqual(["stages.1.size: must be more than the stage before"]);
  expect(problems([{ size: { kind: "count", count: 5 } }, { size: { kind: "count", count: 2 } }, all])).toEqual([
    "stages.1.size: must be more than the stage before",
  ]);
  expect(problems([{ size: share(1.5) }])?.[0]).toContain("stages.0.size.share: must be between 0 and 1");
});
