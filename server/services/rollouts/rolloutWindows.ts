import { mergeWindows, type RolloutWindow, type WindowFigures, windowFiguresSchema } from "#domain/fleet/rollout/rolloutWindow.ts";
import type { Transaction } from "../../db/database.ts";
import type { RolloutRow } from "../../db/rolloutRows.ts";

/** Of one stage; older ones are not looked at any more. */
export const WINDOWS_MAX = 2_000;
/** So old a window is not added to any more by any replica. */
const SETTLED_MS = 90_000;

export type StageWindows = { before: RolloutWindow[]; since: RolloutWindow[] };
type OfRollout = Pick<RolloutRow, "number" | "state">;
type Row = { at: Date; replica: string; figures: unknown };

/** The windows of a stage, those of several replicas merged: from before the first stage opened, and since. */
export async function readStageWindows(tx: Transaction, rollout: OfRollout, stage: number): Promise<StageWindows> {
  const { number } = rollout;
  const rows = await tx.rolloutPoint.findMany({ where: { rollout: number, stage }, orderBy: { at: "desc" }, take: 2 * WINDOWS_MAX });
  const windows = mergeRows(rows);
  const changedMs = changedSinceMs(rollout);
  return { before: windows.filter(({ atMs }) => atMs < changedMs), since: windows.filter(({ atMs }) => atMs >= changedMs) };
}

/** The beginning of the window in which the first stage opened, which counts as after it; infinite while none has. */
export function changedSinceMs({ state: { times, plan } }: Pick<RolloutRow, "state">): number {
  if (times.length === 0) return Number.POSITIVE_INFINITY;
  const [{ openedAtMs }] = times;
  return openedAtMs - (openedAtMs % (plan.gates.windowSeconds * 1_000));
}

/** Oldest first. */
export function mergeRows(rows: readonly Row[]): RolloutWindow[] {
  const merged = new Map<number, WindowFigures>();
  for (const { at, figures } of rows) {
    const parsed = windowFiguresSchema.safeParse(figures);
    if (!parsed.success) continue;
    const known = merged.get(at.getTime());
    merged.set(at.getTime(), known ? mergeWindows(known, parsed.data) : parsed.data);
  }
  return [...merged].sort(([a], [b]) => a - b).map(([atMs, figures]) => ({ atMs, ...figures }));
}

/** What one replica has read of the stages that it moves on, so that each look reads the newest windows alone. */
export class WindowCache {
  readonly #known = new Map<number, { stage: number; windows: StageWindows }>();

  async read(tx: Transaction, rollout: OfRollout, stage: number, nowMs: number): Promise<StageWindows> {
    const { number } = rollout;
    const known = this.#known.get(number);
    if (known?.stage !== stage || nowMs - changedSinceMs(rollout) < SETTLED_MS) {
      const windows = await readStageWindows(tx, rollout, stage);
      this.#known.set(number, { stage, windows });
      return windows;
    }
    const fromMs = nowMs - SETTLED_MS;
    const rows = await tx.rolloutPoint.findMany({ where: { rollout: number, stage, at: { gte: new Date(fromMs) } } });
    const since = [...known.windows.since.filter(({ atMs }) => atMs < fromMs), ...mergeRows(rows)].slice(-WINDOWS_MAX);
    known.windows = { before: known.windows.before, since };
    return known.windows;
  }

  /** Keeps those of these rollouts alone. */
  keepOnly(numbers: readonly number[]): void {
    for (const number of this.#known.keys()) if (!numbers.includes(number)) this.#known.delete(number);
  }
}
