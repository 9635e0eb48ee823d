import type { LiveEvent } from "#domain/telemetry/live.ts";
import type { Transaction } from "./database.ts";

export type ChangedEntity = Extract<LiveEvent, { kind: "changed" }>["entity"];
export type Change = { entity: ChangedEntity; id: string | null };

export const CHANGES_CHANNEL = "headgate_changes";

/** Tells every replica, this one too, once the transaction has committed; nothing when it rolls back. */
export async function notifyChange(tx: Transaction, entity: ChangedEntity, id: string | null = null): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${CHANGES_CHANNEL}, ${JSON.stringify({ entity, id })})`;
}

/** The same of several, in one go. */
export async function notifyChanges(tx: Transaction, entity: ChangedEntity, ids: readonly string[]): Promise<void> {
  const messages = ids.map((id) => JSON.stringify({ entity, id }));
  await tx.$executeRaw`SELECT pg_notify(${CHANGES_CHANNEL}, "message") FROM unnest(${messages}::text[]) AS "message"`;
}
