import { z } from "zod";
import { exportAudit } from "../../services/audit/exportAudit.ts";
import { getAuditEvent } from "../../services/audit/getAuditEvent.ts";
import { listAudit } from "../../services/audit/listAudit.ts";
import { type ApiRoute, route } from "../apiRoute.ts";
import { fromCursor, notACursor, pageOf, pageQuery, toCursor } from "../page.ts";
import { auditEventAnswer, auditItem, auditQuery, eventParams, toAuditFilter } from "../schemas/auditSchemas.ts";

const tag = "Audit";

export const auditRoutes: ApiRoute[] = [
  route({
    method: "GET",
    path: "/audit",
    id: "listAuditEvents",
    tag,
    summary: "List who did what, newest first",
    operation: "readAudit",
    query: z.strictObject({ ...pageQuery, ...auditQuery }),
    answer: pageOf(auditItem),
    async handle({ ctx, query: { limit, cursor, ...filter } }) {
      const { events, nextCursor } = await listAudit({ ctx, input: { filter: toAuditFilter(filter), cursor: eventOf(cursor), limit } });
      const next = nextCursor === null ? null : toCursor(nextCursor);
      return { body: { items: events, nextCursor: next }, next: next === null ? null : { cursor: next } };
    },
  }),
  route({
    method: "GET",
    path: "/audit/{id}",
    id: "getAuditEvent",
    tag,
    summary: "Get one event with what was before and after",
    operation: "readAudit",
    params: eventParams,
    answer: auditEventAnswer,
    problems: [404],
    handle: async ({ ctx, params }) => ({ body: await getAuditEvent({ ctx, input: params }) }),
  }),
  route({
    method: "GET",
    path: "/audit.csv",
    id: "downloadAudit",
    tag,
    summary: "Download the events that match as CSV, newest first",
    description: "Streamed, however many there are. That somebody took them is an event itself.",
    operation: "readAudit",
    query: z.strictObject(auditQuery),
    answer: "text/csv",
    problems: [429],
    handle: async ({ ctx, query, auditExports }) => ({
      lines: exportAudit({ ctx, input: toAuditFilter(query), slots: auditExports }),
      fileName: `headgate-audit-${new Date(ctx.ports.nowMs()).toISOString().slice(0, 10)}.csv`,
    }),
  }),
];

function eventOf(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const id = fromCursor(cursor);
  if (!/^\d{1,18}$/.test(id)) throw notACursor();
  return id;
}
