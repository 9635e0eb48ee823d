import type { Transaction } from "../../db/database.ts";

/** Whoever starts, ends or extends takes turns, on all replicas, until the transaction ends. */
export async function lockBreakGlass(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('headgate break glass'))`;
}
