import type { Transaction } from "./database.ts";

export type PrunedEvents = { events: number; throughId: string; throughAt: string; hash: string | null };

/** Removes events from before `before`, oldest first and at most `max`, and leaves a checkpoint in their place. Null when there are none. */
export async function pruneAuditEvents(tx: Transaction, before: Date, max: number): Promise<PrunedEvents | null> {
  const [last] = await tx.$queryRaw<{ id: bigint; at: Date; hash: string | null }[]>`
    SELECT "id", "at", "hash" FROM (SELECT "id", "at", "hash" FROM "AuditEvent" ORDER BY "id" LIMIT ${max}) oldest
    WHERE "at" < ${before} ORDER BY "id" DESC LIMIT 1`;
  if (!last) return null;
  await tx.$executeRaw`INSERT INTO "AuditCheckpoint" ("lastId", "hash", "lastAt") VALUES (${last.id}, ${last.hash}, ${last.at})`;
  const events = await tx.$executeRaw`DELETE FROM "AuditEvent" WHERE "id" <= ${last.id}`;
  return { events, throughId: String(last.id), throughAt: last.at.toISOString(), hash: last.hash };
}
