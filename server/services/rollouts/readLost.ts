import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { gapsOf, type SideFigures } from "#domain/fleet/rollout/rolloutWindow.ts";
import { NAMED_MAX } from "#domain/fleet/rollout/shortened.ts";
import type { Transaction } from "../../db/database.ts";
import type { RolloutRow } from "../../db/rolloutRows.ts";
import { changedSinceMs } from "./rolloutWindows.ts";

/** By then every replica has told of a window what its collectors said, also where a measurement was a few seconds late and the window was filled in after it. */
const SETTLED_MS = 10_000;

type Row = { at: Date; changed: Pick<SideFigures, "dropped" | "collectors" | "reporting" | "gaps" | "missing"> };

/**
 * What changed collectors dropped since the first stage opened. It is all when of every window all of the time of all that were changed is measured: counters are totals, so a silence that a later
 * measurement of the same process tells of loses nothing.
 */
export async function readLost(tx: Transaction, row: RolloutRow, nowMs: number): Promise<RolloutView["lost"]> {
  const { number, state } = row;
  const changedMs = changedSinceMs(row);
  const windowMs = state.plan.gates.windowSeconds * 1_000;
  if (!Number.isFinite(changedMs)) return { spans: 0, complete: true, missing: null };
  const rows = await tx.$queryRaw<Row[]>`
    SELECT "at", jsonb_build_object(
      'dropped', "figures"->'changed'->'dropped', 'collectors', "figures"->'changed'->'collectors', 'reporting', "figures"->'changed'->'reporting',
      'gaps', "figures"->'changed'->'gaps', 'missing', "figures"->'changed'->'missing') AS "changed"
    FROM "RolloutPoint" WHERE "rollout" = ${number} AND "at" >= ${new Date(changedMs)}::timestamptz ORDER BY "at"`;
  const windows = [...Map.groupBy(rows, ({ at }) => at.getTime())].map(([atMs, sides]) => {
    const sum = (of: (side: Row["changed"]) => number) => sides.reduce((all, { changed }) => all + of(changed), 0);
    const away = Math.max(0, state.members.filter(({ joinedAtMs }) => joinedAtMs <= atMs).length - sum(({ collectors }) => collectors));
    return {
      atMs,
      gaps: away + sum((side) => gapsOf({ ...side, gaps: side.gaps ?? undefined })),
      missing: sides.flatMap(({ changed }) => changed.missing ?? []),
    };
  });
  const spans = rows.reduce((sum, { changed }) => sum + changed.dropped, 0);
  const holes = windows.filter(({ atMs, gaps }) => gaps > 0 && atMs + windowMs <= nowMs - SETTLED_MS);
  if (rows.length === 0 || holes.length === 0) return { spans, complete: rows.length > 0, missing: null };
  const ids = [...new Set(holes.flatMap(({ missing }) => missing))];
  const named = await tx.collector.findMany({ where: { id: { in: ids.slice(0, NAMED_MAX) } }, select: { id: true, name: true }, orderBy: { name: "asc" } });
  return {
    spans,
    complete: false,
    missing: {
      windows: holes.length,
      fromMs: holes[0].atMs,
      toMs: holes[holes.length - 1].atMs + windowMs,
      collectors: named,
      others: Math.max(0, Math.max(ids.length, ...holes.map(({ gaps }) => gaps)) - named.length),
    },
  };
}
