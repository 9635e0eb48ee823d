import type { KeepAllRule } from "#domain/fleet/keepAll.ts";
import { keepAllConditionSchema } from "#domain/fleet/keepAll.ts";
import { matchesSelector, parseSelector } from "#domain/fleet/selector.ts";
import type { Database, Transaction } from "./database.ts";
import { labelsOf } from "./targets.ts";

export type KeepAllReport = {
  breakGlassId: string;
  collectorId: string;
  processStartMs: number;
  spans: number;
  bytes: number;
  active: boolean;
  problem: string;
};
export type LiveBreakGlass = KeepAllRule & { selector: string; endsAtMs: number };

/** Those that hold now, oldest first. */
export async function readLiveBreakGlass(tx: Transaction, nowMs: number): Promise<LiveBreakGlass[]> {
  const rows = await tx.breakGlass.findMany({ where: { endedAt: null, endsAt: { gt: new Date(nowMs) } }, orderBy: { id: "asc" } });
  return rows.map(({ id, condition, selector, endsAt }) => ({ id, condition: keepAllConditionSchema.parse(condition), selector, endsAtMs: endsAt.getTime() }));
}

/** What each of these collectors shall keep in full, by its id. */
export async function readKeepAllOf(tx: Transaction, nowMs: number, ids: readonly string[]): Promise<Map<string, LiveBreakGlass[]>> {
  const live = await readLiveBreakGlass(tx, nowMs);
  if (live.length === 0) return new Map(ids.map((id) => [id, []]));
  const rows = await tx.collector.findMany({ where: { id: { in: [...ids] } }, select: { id: true, ownLabels: true, editedLabels: true } });
  return new Map(rows.map((row) => [row.id, live.filter(({ selector }) => selects(selector, labelsOf(row)))]));
}

export function selects(selector: string, labels: Readonly<Record<string, string>>): boolean {
  const parsed = parseSelector(selector);
  return parsed.ok && matchesSelector(parsed.selector, labels);
}

/** Joins what collectors told to what is kept; totals only grow, so replicas may write the same twice. What names no break glass is left out. */
export async function writeKeepAllReports(db: Database, reports: readonly KeepAllReport[], nowMs: number): Promise<number> {
  return db.$executeRaw`
    INSERT INTO "BreakGlassCount" AS kept ("breakGlassId", "collectorId", "processStartMs", "spans", "bytes", "active", "problem", "updatedAt")
    SELECT told.id, told.collector, told.start, told.spans, told.bytes, told.active, told.problem, ${new Date(nowMs)}::timestamptz
    FROM unnest(
      ${reports.map(({ breakGlassId }) => breakGlassId)}::text[], ${reports.map(({ collectorId }) => collectorId)}::text[],
      ${reports.map(({ processStartMs }) => Math.round(processStartMs))}::bigint[], ${reports.map(({ spans }) => spans)}::float8[],
      ${reports.map(({ bytes }) => bytes)}::float8[], ${reports.map(({ active }) => active)}::bool[], ${reports.map(({ problem }) => problem)}::text[]
    ) AS told(id, collector, start, spans, bytes, active, problem)
    WHERE EXISTS (SELECT 1 FROM "BreakGlass" known WHERE known."id" = told.id)
    ORDER BY told.id, told.collector, told.start
    ON CONFLICT ("breakGlassId", "collectorId", "processStartMs") DO UPDATE SET
      "spans" = GREATEST(kept."spans", EXCLUDED."spans"), "bytes" = GREATEST(kept."bytes", EXCLUDED."bytes"),
      "active" = EXCLUDED."active", "problem" = EXCLUDED."problem", "updatedAt" = EXCLUDED."updatedAt"`;
}
