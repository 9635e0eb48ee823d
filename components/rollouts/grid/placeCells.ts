import type { RolloutCell } from "#domain/fleet/rollout/rolloutCells.ts";
import type { RolloutCollectorState } from "#domain/fleet/rollout/rolloutView.ts";

/** Those that need a look first, then those that the change has reached. */
export const STATE_ORDER: readonly RolloutCollectorState[] = ["refused", "wrongHash", "away", "reverting", "reverted", "waiting", "changed", "unchanged"];

export type Grid = { cells: readonly RolloutCell[]; columns: number; pitch: number; size: number; height: number };

/** Collectors in the order in which the grid shows them, and how large a cell is: smaller where there are many. */
export function placeCells(collectors: readonly RolloutCell[], width: number): Grid {
  const cells = [...collectors].sort((a, b) => STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state) || (a.stage ?? 99) - (b.stage ?? 99));
  const pitch = cells.length <= 300 ? 19 : cells.length <= 1_500 ? 14 : 10;
  const columns = Math.max(1, Math.floor(width / pitch));
  return { cells, columns, pitch, size: pitch - (pitch > 12 ? 3 : 2), height: Math.ceil(cells.length / columns) * pitch };
}

/** Which cell lies at a place; null in a gap below the last. */
export function cellAt({ cells, columns, pitch }: Grid, x: number, y: number): number | null {
  const column = Math.floor(x / pitch);
  if (column < 0 || column >= columns || y < 0) return null;
  const index = Math.floor(y / pitch) * columns + column;
  return index < cells.length ? index : null;
}

/** All cells of a state as one path of squares, so that thousands are a handful of elements. */
export function squaresOf(grid: Grid, state: RolloutCollectorState): string {
  const { cells, columns, pitch, size } = grid;
  let path = "";
  for (const [index, cell] of cells.entries()) {
    if (cell.state !== state) continue;
    path += `M${(index % columns) * pitch + 0.5} ${Math.floor(index / columns) * pitch + 0.5}h${size - 1}v${size - 1}h${1 - size}z`;
  }
  return path;
}

/** The mark inside of each cell of a state: `draw` gets the cell's left and top edge. */
export function marksOf(grid: Grid, state: RolloutCollectorState, draw: (x: number, y: number, size: number) => string): string {
  const { cells, columns, pitch, size } = grid;
  let path = "";
  for (const [index, cell] of cells.entries()) if (cell.state === state) path += draw((index % columns) * pitch, Math.floor(index / columns) * pitch, size);
  return path;
}
