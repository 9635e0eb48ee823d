import type { CollectorFact } from "#domain/fleet/rollout/rollout.ts";
import type { Transaction } from "../../db/database.ts";
import type { MemberBase, RolloutRow } from "../../db/rolloutRows.ts";
import { readTargets } from "../../db/targets.ts";

/** A replica that died leaves its name with its collectors; it says every 15 s that it holds them. */
const SEEN_WITHIN_MS = 45_000;

export type ScopedFacts = { collectors: CollectorFact[]; bases: Record<string, MemberBase> };

/** What is known of each collector that the rollout is for. Times are those of the server; a collector's own clock plays no part. */
export async function rolloutFacts(tx: Transaction, row: RolloutRow, nowMs: number): Promise<ScopedFacts> {
  const targets = await readTargets(tx, nowMs);
  const ids = [...targets.values()].filter(({ rollout }) => rollout?.number === row.number).map(({ collectorId }) => collectorId);
  const revision = await tx.revision.findUniqueOrThrow({ where: { number: row.toRevision }, select: { hash: true } });
  const rows = await tx.collector.findMany({
    where: { id: { in: ids } },
    select: { id: true, replica: true, lastSeenAt: true, runningRevision: true, runningHash: true, starts: true, streamsLost: true },
  });
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
  const reports = await tx.configReport.findMany({
    where: { revision },
    distinct: ["collectorId"],
    orderBy: [{ collectorId: "asc" }, { id: "desc" }],
    select: { collectorId: true, state: true, failingPath: true, reason: true },
  });
  return new Map(
    reports.flatMap(({ collectorId, state, failingPath, reason }): [string, { path: string | null; reason: string }][] =>
      state === "failed" ? [[collectorId, { path: failingPath, reason: reason ?? "the collector gave no reason" }]] : [],
    ),
  );
}
