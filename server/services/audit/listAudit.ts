import { z } from "zod";
import type { AuditListItem } from "#domain/audit/auditEvent.ts";
import { type AuditFilter, auditFilterSchema } from "#domain/audit/auditFilter.ts";
import { findAuditEvents } from "../../db/auditEvents.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { eventIdSchema } from "./eventId.ts";
import { showEvent, toListItem } from "./showEvent.ts";

const PAGE_EVENTS = 100;
const AUDIT_LISTED_MAX = 200;
const listSchema = z.strictObject({
  filter: auditFilterSchema.default({}),
  cursor: eventIdSchema.nullish(),
  limit: z.int().min(1).max(AUDIT_LISTED_MAX).default(PAGE_EVENTS),
  direction: z.literal("forward").optional(),
});

/** `cursor`: the page begins after this event. */
export type ListAuditInput = { filter?: AuditFilter; cursor?: string | null; limit?: number };
/** Newest first. `nextCursor` is null on the last page. */
export type AuditPage = { events: AuditListItem[]; nextCursor: string | null };

export async function listAudit({ ctx, input: untrusted }: Call<ListAuditInput>): Promise<AuditPage> {
  authorise(ctx, "readAudit");
  const { filter, cursor, limit } = parseInput(listSchema, untrusted ?? {});
  const events = await findAuditEvents(ctx.db, filter, { beforeId: cursor ?? undefined, max: limit + 1 });
  const page = events.slice(0, limit);
  return { events: page.map((event) => toListItem(showEvent(ctx, event))), nextCursor: events.length > limit ? page[limit - 1].id : null };
}
