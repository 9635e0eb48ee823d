import type { AuditEventView, AuditListItem } from "#domain/audit/auditEvent.ts";
import { auditSentence } from "#domain/audit/auditSentence.ts";
import type { StoredAuditEvent } from "../../db/auditEvents.ts";
import { may } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type ShownEvent = Omit<AuditEventView, "olderId" | "newerId">;

/** What the caller may see of an event: addresses of people and of their computers are for admins alone. */
export function showEvent(ctx: ServiceContext, event: StoredAuditEvent): ShownEvent {
  const { via, page, requestId, ip, agent, token } = event.origin as ShownEvent["origin"];
  const maySeeAddresses = may(ctx, "managePeople");
  const shown = maySeeAddresses
    ? event
    : { ...event, detail: withoutEmail(event.detail), before: withoutEmail(event.before), after: withoutEmail(event.after) };
  return { ...shown, origin: { via, page, requestId, token, ...(maySeeAddresses && { ip, agent }) }, sentence: auditSentence(shown) };
}

export function toListItem({ id, atMs, actorKind, actorName, action, entity, sentence }: ShownEvent): AuditListItem {
  return { id, atMs, actorKind, actorName, action, entity, sentence };
}

function withoutEmail<T>(value: T): T {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== "email")) as T;
}
