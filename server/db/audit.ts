import { auditHash, type ChainedEvent, type Json, toStoredJson, toStoredText } from "./auditChain.ts";
import type { Transaction } from "./database.ts";
import { notifyChange } from "./notifyChange.ts";

/** Where a call came from, as far as is known. `via`: a page of ours, a program that calls the API, the fleet channel. */
export type AuditOrigin = { via: "page" | "api" | "fleet"; ip?: string; agent?: string; requestId?: string; page?: string };

/** Who did it. Without an id it is the control plane itself, unless `kind` says otherwise. */
export type AuditActor = {
  /** A person's, also when a token of theirs did it. */
  id: string | null;
  name: string;
  kind?: "person" | "token" | "system" | "nobody";
  token?: { id: string; name: string };
  from?: AuditOrigin;
};

export type AuditEntry = {
  by: AuditActor;
  /** `entity.verb`. */
  action: string;
  entity: string;
  entityId?: string | null;
  /** The entity's name as people know it, at that time. */
  entityName?: string | null;
  /** What was and what is: whole values, or the smallest part that says what changed. Of a secret only that there is one. */
  before?: Json;
  after?: Json;
  detail?: { [name: string]: Json | undefined };
};

type Head = { lastId: bigint; hash: string; at: Date };

/**
 * Adds an event to the chain, inside the transaction of what it tells about. It holds the chain's end locked until commit, so it comes after every other
 * lock of that transaction. Times never go back, whatever the clock does.
 */
export async function audit(tx: Transaction, entry: AuditEntry): Promise<void> {
  const [head] = await tx.$queryRaw<Head[]>`
    SELECT "lastId", "hash", greatest("at", date_trunc('milliseconds', clock_timestamp())) AS "at" FROM "AuditHead" WHERE "id" = 1 FOR UPDATE`;
  const event = toEvent(entry, head);
  const hash = auditHash(event);
  const { id, at, actorKind, actorId, actorName, action, entity, entityId, entityName, detail, before, after, origin, previousHash } = event;
  await tx.$executeRaw`
    WITH moved AS (UPDATE "AuditHead" SET "lastId" = ${BigInt(id)}, "hash" = ${hash}, "at" = ${at}::timestamptz WHERE "id" = 1)
    INSERT INTO "AuditEvent"
      ("id", "at", "actorKind", "actorId", "actorName", "action", "entity", "entityId", "entityName", "detail", "before", "after", "origin", "previousHash", "hash")
    VALUES (${BigInt(id)}, ${at}::timestamptz, ${actorKind}, ${actorId}, ${actorName}, ${action}, ${entity}, ${entityId}, ${entityName},
      ${JSON.stringify(detail)}::jsonb, ${json(before)}::jsonb, ${json(after)}::jsonb, ${JSON.stringify(origin)}::jsonb, ${previousHash}, ${hash})`;
  await notifyChange(tx, "audit", id);
}

function toEvent({ by, action, entity, entityId = null, entityName = null, before, after, detail = {} }: AuditEntry, head: Head): ChainedEvent {
  return {
    id: String(head.lastId + 1n),
    at: head.at.toISOString(),
    actorKind: by.kind ?? (by.id === null ? "system" : "person"),
    actorId: by.id,
    actorName: toStoredText(by.name),
    action,
    entity,
    entityId: entityId === null ? null : toStoredText(entityId),
    entityName: entityName === null ? null : toStoredText(entityName),
    detail: toStoredJson(detail),
    before: before === undefined ? null : toStoredJson(before),
    after: after === undefined ? null : toStoredJson(after),
    origin: toStoredJson({ ...by.from, token: by.token }),
    previousHash: head.hash,
  };
}

/** A JSON column's null is the column's, not JSON's. */
const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
