import type { CollectorFact } from "#domain/fleet/rollout/rollout.ts";
import type { Transaction } from "../../db/database.ts";
import type { MemberBase, RolloutRow } from "../../db/rolloutRows.ts";
import { readScopes } from "./rolloutScopes.ts";

/** A replica that died leaves its name with its collectors; it says every 15 s that it holds them. */
const SEEN_WITHIN_MS = 45_000;

type FactRow = {
  id: string;
  replica: string | null;
  lastSeenAt: Date | null;
  runningRevision: number;
  runningHash: string;
  starts: number;
  streamsLost: number;
};

export type ScopedFacts = { collectors: CollectorFact[]; bases: Record<string, MemberBase> };

/** What is known of each collector that the rollout is for now. */
export async function rolloutFacts(tx: Transaction, row: RolloutRow, nowMs: number): Promise<ScopedFacts> {
  return factsOf(tx, row, (await readScopes(tx, nowMs)).get(row.number) ?? [], nowMs);
}

/** What is known of these collectors. Times are those of the server; a collector's own clock plays no part. */
export async function factsOf(tx: Transaction, row: RolloutRow, ids: readonly string[], nowMs: number): Promise<ScopedFacts> {
  const revision = await tx.revision.findUniqueOrThrow({ where: { number: row.toRevision }, select: { hash: true } });
  const rows = await tx.$queryRaw<FactRow[]>`
    SELECT "id", "replica", "lastSeenAt", "runningRevision", "runningHash", "starts", "streamsLost" FROM "Collector" WHERE "id" = ANY(${ids})`;
  const refusals = await readRefusals(tx, row.toRevision);
  const bases = Object.fromEntries(rows.map(({ id, starts, streamsLost }) => [id, { starts, streamsLost }]));
  const collectors = rows.map(({ id, replica, lastSeenAt, runningRevision, runningHash, starts, streamsLost }): CollectorFact => {
    const seenMs = lastSeenAt?.getTime() ?? 0;
    const connected = replica !== null && nowMs - seenMs <= SEEN_WITHIN_MS;
    const base = row.bases[id] ?? { starts, streamsLost };
    const runsNew = runningHash === revision.hash;
    return {
      id,
      connected,
      awaySinceMs: connected ? null : Math.max(seenMs, row.watchedSinceMs),
      restarts: Math.max(0, starts - base.starts),
      reconnects: Math.max(0, streamsLost - base.streamsLost),
      config: runsNew ? "new" : runningRevision === row.toRevision ? "wrongHash" : (refusals.get(id) ?? "old"),
    };
  });
  return { collectors, bases };
}

/** Whose last word on the revision was no. */
async function readRefusals(tx: Transaction, revision: number): Promise<Map<string, { path: string | null; reason: string }>> {
  const reports = await tx.$queryRaw<{ collectorId: string; failingPath: string | null; reason: string | null }[]>`
    SELECT "collectorId", "failingPath", "reason" FROM "ConfigReport" AS "r"
    WHERE "revision" = ${revision} AND "state" = 'failed' AND NOT EXISTS (
      SELECT 1 FROM "ConfigReport" AS "later" WHERE "later"."revision" = "r"."revision" AND "later"."collectorId" = "r"."collectorId" AND "later"."id" > "r"."id"
    )`;
  return new Map(reports.map(({ collectorId, failingPath: path, reason }) => [collectorId, { path, reason: reason ?? "the collector gave no reason" }]));
}
