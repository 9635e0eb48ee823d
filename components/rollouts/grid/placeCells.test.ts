import { describe, expect, it } from "vitest";
import { COLLECTOR_STATES } from "../phaseWords.ts";
import { cellAt, placeCells, STATE_ORDER, squaresOf } from "./placeCells.ts";

const fleet = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    place: index,
    state: index % 100 === 7 ? ("refused" as const) : index % 2 === 0 ? ("changed" as const) : ("unchanged" as const),
    stage: index % 2 === 0 ? 0 : null,
  }));

describe("the grid of collectors", () => {
  it("has a place in its order for every state", () => expect([...STATE_ORDER].sort()).toEqual(Object.keys(COLLECTOR_STATES).sort()));

  it("shows those that refused first", () => {
    const { cells } = placeCells(fleet(300), 400);
    expect(cells.slice(0, 3).map(({ state }) => state)).toEqual(["refused", "refused", "refused"]);
    expect(cells[3].state).toBe("changed");
  });

  it("draws each of 5,000 collectors exactly once, within its width", () => {
    const grid = placeCells(fleet(5_000), 440);
    const squares = STATE_ORDER.map((state) => squaresOf(grid, state).split("z").length - 1);
    expect(squares.reduce((sum, count) => sum + count, 0)).toBe(5_000);
    expect(grid.columns * grid.pitch).toBeLessThanOrEqual(440);
  });

  it("finds the cell that lies under the pointer, and none beside or below", () => {
    const grid = placeCells(fleet(25), 190);
    expect(grid.columns).toBe(10);
    expect(cellAt(grid, 5, 5)).toBe(0);
    expect(cellAt(grid, 19 * 4 + 1, 19 * 2 + 1)).toBe(24);
    expect(cellAt(grid, 19 * 5 + 1, 19 * 2 + 1)).toBeNull();
    expect(cellAt(grid, 191, 1)).toBeNull();
    expect(cellAt(grid, -1, 1)).toBeNull();
  });
});
