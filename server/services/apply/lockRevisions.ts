import type { Transaction } from "../../db/database.ts";

const REVISIONS_LOCK = 7_270_320;

/** Until the transaction ends nobody else writes a revision: they are numbered without gaps, and each builds on the one before. */
export async function lockRevisions(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${REVISIONS_LOCK})`;
}
