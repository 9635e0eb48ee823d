import type { Transaction } from "./database.ts";

const ADMINS_LOCK = 7_270_321;

/** Until the transaction ends nobody else takes the role admin from anybody, so that two can't take it from each other at the same time. */
export async function lockAdmins(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ADMINS_LOCK})`;
}
