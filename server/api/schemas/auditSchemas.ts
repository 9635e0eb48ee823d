import { z } from "zod";
import { untrustedAuditFilter } from "#domain/audit/auditFilter.ts";
import { atMs } from "./documentSchemas.ts";

const text = (max: number, about: string) =>
  z.string().trim().min(1, "must not be empty").max(max, `must have at most ${max} characters`).optional().describe(about);
const time = (about: string) => z.iso.datetime({ offset: true, error: "must be a time such as 2026-11-29T10:00:00Z" }).optional().describe(about);

/** As the page's address has it. */
export const auditQuery = {
  q: text(200, "Words, or their beginnings, that an event has."),
  by: text(200, "Who did it, by name."),
  action: text(80, "For example `policy.saveVersion`."),
  of: text(80, "What it was done to: `policy`, `collector`, …"),
  id: text(64, "The id of what it was done to."),
  from: time("Not before this time."),
  to: time("Before this time."),
};

/** The service's filter, from the query's names. */
export function toAuditFilter(query: Partial<Record<keyof typeof auditQuery, string>>): Record<string, unknown> {
  const given = Object.keys(auditQuery).flatMap((name) => {
    const value = query[name as keyof typeof auditQuery];
    return value === undefined ? [] : [[name, value] as [string, string]];
  });
  return untrustedAuditFilter(new URLSearchParams(given));
}

export const eventParams = z.object({ id: z.string().regex(/^\d{1,18}$/) });

export const auditItem = z.object({
  id: z.string().describe("The event's number, in digits: it may outgrow what JSON's numbers hold."),
  atMs,
  actorKind: z.enum(["person", "token", "system", "nobody"]),
  actorName: z.string(),
  action: z.string(),
  entity: z.string(),
  sentence: z.string().describe("What was done, to go on after the actor's name."),
});

export const auditEventAnswer = auditItem.extend({
  entityId: z.string().nullable(),
  entityName: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  origin: z
    .object({
      via: z.string().optional(),
      page: z.string().optional(),
      requestId: z.string().optional(),
      token: z.object({ id: z.string(), name: z.string() }).optional(),
      ip: z.string().optional(),
      agent: z.string().optional(),
    })
    .describe("Where it came from; `ip` and `agent` are there for admins alone."),
  hash: z.string().nullable(),
  previousHash: z.string().nullable(),
  olderId: z.string().nullable(),
  newerId: z.string().nullable(),
});
