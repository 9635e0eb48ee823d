import type { RolloutCollectorState } from "./rolloutView.ts";

/** A letter for each state, since a cell is sent for each of thousands. */
const LETTERS: Record<RolloutCollectorState, string> = {
  unchanged: "u",
  waiting: "w",
  changed: "c",
  refused: "r",
  wrongHash: "h",
  away: "a",
  reverting: "g",
  reverted: "b",
};
const STATES = new Map(Object.entries(LETTERS).map(([state, letter]) => [letter, state as RolloutCollectorState]));
const NO_STAGE = "-";
const STAGE_RADIX = 36;

/** The collectors of a rollout in the order of their names, one character each; `order` changes when one comes or goes. */
export type RolloutCells = { order: string; states: string; stages: string; counts: Partial<Record<RolloutCollectorState, number>> };
/** `place`: in the order of names, from 0. */
export type RolloutCell = { place: number; state: RolloutCollectorState; stage: number | null };

export function toCells(order: string, collectors: readonly Omit<RolloutCell, "place">[]): RolloutCells {
  const counts: RolloutCells["counts"] = {};
  for (const { state } of collectors) counts[state] = (counts[state] ?? 0) + 1;
  return {
    order,
    states: collectors.map(({ state }) => LETTERS[state]).join(""),
    stages: collectors.map(({ stage }) => (stage === null ? NO_STAGE : stage.toString(STAGE_RADIX))).join(""),
    counts,
  };
}

/** What can't be read, as of a newer control plane, is unchanged: that claims nothing. */
export function fromCells({ states, stages }: Pick<RolloutCells, "states" | "stages">): RolloutCell[] {
  return Array.from(states, (letter, place) => {
    const stage = Number.parseInt(stages[place] ?? NO_STAGE, STAGE_RADIX);
    return { place, state: STATES.get(letter) ?? "unchanged", stage: Number.isNaN(stage) ? null : stage };
  });
}
