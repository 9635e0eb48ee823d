import type { KeptTierWatch } from "#domain/sampling/tierSilence.ts";
import { TRAFFIC_GAP_MAX_MS } from "#domain/sampling/tierSilence.ts";
import type { Database } from "./database.ts";

/** Rows that are kept; a tier beyond them is not known of until others are forgotten. */
export const TIER_WATCH_ROWS_MAX = 50_000;

/**
 * Joins what was told to what is kept, in one statement, so that replicas may write at once. What follows within an hour goes on where it was; else watching has
 * begun anew. Returns how many found no room.
 */
export async function writeTierWatches(db: Database, watches: readonly KeptTierWatch[], rowsMax = TIER_WATCH_ROWS_MAX): Promise<number> {
  const column = (of: (watch: KeptTierWatch) => number | null) => watches.map(of);
  const written = await db.$executeRaw`
    INSERT INTO "TierWatch" AS kept ("key", "sinceAt", "untilAt", "lastMatchedAt")
    SELECT told.key, to_timestamp(told.since / 1000), to_timestamp(told.until / 1000), to_timestamp(told.matched / 1000)
    FROM unnest(
      ${watches.map(({ key }) => key)}::text[], ${column(({ sinceMs }) => sinceMs)}::float8[], ${column(({ untilMs }) => untilMs)}::float8[],
      ${column(({ lastMatchedMs }) => lastMatchedMs)}::float8[]
    ) AS told(key, since, until, matched)
    WHERE EXISTS (SELECT 1 FROM "TierWatch" known WHERE known."key" = told.key) OR (SELECT count(*) FROM "TierWatch") < ${rowsMax}
    ORDER BY told.key
    ON CONFLICT ("key") DO UPDATE SET
      "sinceAt" = CASE
        WHEN EXCLUDED."untilAt" + ${TRAFFIC_GAP_MAX_MS}::float8 * interval '1 millisecond' < kept."sinceAt" THEN kept."sinceAt"
        WHEN EXCLUDED."sinceAt" > kept."untilAt" + ${TRAFFIC_GAP_MAX_MS}::float8 * interval '1 millisecond' THEN EXCLUDED."sinceAt"
        ELSE LEAST(kept."sinceAt", EXCLUDED."sinceAt")
      END,
      "untilAt" = GREATEST(kept."untilAt", EXCLUDED."untilAt"),
      "lastMatchedAt" = GREATEST(kept."lastMatchedAt", EXCLUDED."lastMatchedAt")`;
  return watches.length - written;
}

export async function readTierWatches(db: Database, keys: readonly string[]): Promise<KeptTierWatch[]> {
  const rows = await db.tierWatch.findMany({ where: { key: { in: [...keys] } } });
  return rows.map(({ key, sinceAt, untilAt, lastMatchedAt }) => ({
    key,
    sinceMs: sinceAt.getTime(),
    untilMs: untilAt.getTime(),
    lastMatchedMs: lastMatchedAt?.getTime() ?? null,
  }));
}
