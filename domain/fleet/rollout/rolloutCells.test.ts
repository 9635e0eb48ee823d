import { expect, it } from "vitest";
import { fromCells, toCells } from "./rolloutCells.ts";
import { STAGES_MAX } from "./rolloutPlan.ts";
import type { RolloutCollectorState } from "./rolloutView.ts";

const STATES: RolloutCollectorState[] = ["unchanged", "waiting", "changed", "refused", "wrongHash", "away", "reverting", "reverted"];

it("sends a collector of every state and stage as two characters, and gives it back", () => {
  const collectors = Array.from({ length: 5_000 }, (_, index) => ({
    state: STATES[index % STATES.length],
    stage: index % 3 === 0 ? null : index % STAGES_MAX,
  }));
  const cells = toCells("o", collectors);
  expect(cells.states.length + cells.stages.length).toBe(10_000);
  expect(fromCells(cells)).toEqual(collectors.map((one, place) => ({ place, ...one })));
  expect(Object.values(cells.counts).reduce((sum, count) => sum + count, 0)).toBe(5_000);
});

it("claims nothing of what it can't read", () => {
  expect(fromCells({ states: "?", stages: "" })).toEqual([{ place: 0, state: "unchanged", stage: null }]);
});
