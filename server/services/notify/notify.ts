import { type NotifyEvent, notifyEventSchema } from "#domain/notify/events.ts";
import type { Transaction } from "../../db/database.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { toJson } from "../../db/toJson.ts";

/** What may wait for one endpoint; further events are left out for it and counted. */
const WAITING_PER_ENDPOINT_MAX = 1000;

/**
 * Queues an event for every endpoint that wants its kind, in the caller's transaction: it is sent if and only if that commits. Endpoints that are paused get
 * nothing. Texts that are too long are cut; anything else wrong with the event throws. Returns how many endpoints will be told.
 */
export async function notify(tx: Transaction, event: NotifyEvent): Promise<number> {
  const told = notifyEventSchema.parse(cutTexts(event)) as NotifyEvent;
  const endpoints = await tx.webhookEndpoint.findMany({ where: { state: "active", events: { has: told.kind } }, select: { id: true } });
  let queued = 0;
  for (const { id } of endpoints) if (await queueFor(tx, id, told)) queued++;
  if (queued > 0) await notifyChange(tx, "webhook");
  return queued;
}

/** Queues it for one endpoint; null when too many wait for that one already. Returns the message's id. */
export async function queueFor(tx: Transaction, endpointId: string, event: NotifyEvent): Promise<string | null> {
  const waiting = await tx.webhookDelivery.count({ where: { endpointId, state: "pending" } });
  if (waiting >= WAITING_PER_ENDPOINT_MAX) {
    await tx.webhookEndpoint.update({ where: { id: endpointId }, data: { leftOut: { increment: 1 } } });
    return null;
  }
  const data = { endpointId, kind: event.kind, event: toJson(event), nextTryAt: new Date(event.atMs) };
  const { id } = await tx.webhookDelivery.create({ data, select: { id: true } });
  return id;
}

function cutTexts<T>(value: T): T {
  if (typeof value === "string") return (value.length > 2000 ? `${value.slice(0, 1999)}…` : value) as T;
  if (Array.isArray(value)) return value.map(cutTexts) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cutTexts(inner)])) as T;
}
