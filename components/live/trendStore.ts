import type { CollectorRow, LiveHistory } from "#domain/telemetry/live.ts";

/** Collectors whose trend one page holds; further ones show none and are counted. */
export const TRENDS_MAX = 200;
const SLOTS = 60;
const SLOT_MS = 15_000;

/** Received spans per second of each collector over 15 minutes, in 60 steps of 15 seconds: enough for a sparkline, and small. */
export function createTrendStore() {
  const trends = new Map<string, { sum: number; count: number; slot: number }[]>();
  let turnedAway = 0;

  function add(id: string, atMs: number, value: number) {
    let cells = trends.get(id);
    if (cells === undefined) {
      if (trends.size >= TRENDS_MAX) {
        turnedAway += 1;
        return;
      }
      cells = Array.from({ length: SLOTS }, () => ({ sum: 0, count: 0, slot: -1 }));
      trends.set(id, cells);
    }
    const slot = Math.floor(atMs / SLOT_MS);
    const cell = cells[slot % SLOTS];
    if (cell.slot > slot) return;
    if (cell.slot !== slot) Object.assign(cell, { sum: 0, count: 0, slot });
    cell.sum += value;
    cell.count += 1;
  }

  return {
    pushRows(rows: readonly Pick<CollectorRow, "id" | "receivedPerS">[], atMs: number) {
      for (const row of rows) if (row.receivedPerS !== null) add(row.id, atMs, row.receivedPerS);
    },
    load(id: string, history: LiveHistory) {
      for (const [index, point] of history.points.entries()) if (point !== null) add(id, history.fromMs + index * 1000, point.receivedPerS);
    },
    /** Means by step, oldest first; null where nothing was heard. */
    values(id: string, nowMs: number): (number | null)[] {
      const cells = trends.get(id);
      const last = Math.floor(nowMs / SLOT_MS);
      return Array.from({ length: SLOTS }, (_, index) => {
        const slot = last - SLOTS + 1 + index;
        const cell = cells?.[slot % SLOTS];
        return cell !== undefined && cell.slot === slot && cell.count > 0 ? cell.sum / cell.count : null;
      });
    },
    turnedAway: () => turnedAway,
  };
}
export type TrendStore = ReturnType<typeof createTrendStore>;
