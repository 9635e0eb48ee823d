import { z } from "zod";

const text = (max: number) => z.string("must be a text").trim().min(1, "must not be empty").max(max, `must have at most ${max} characters`);
const time = z.int("must be a time in milliseconds").min(0, "must be 0 or more").max(8.64e15, "is no time");

/** Which events to show: those for which all of it holds. `text` is words or their beginnings; times are since 1970, `toMs` not included. */
export const auditFilterSchema = z.strictObject({
  text: text(200).optional(),
  actor: text(200).optional(),
  action: text(80).optional(),
  entity: text(80).optional(),
  entityId: text(64).optional(),
  fromMs: time.optional(),
  toMs: time.optional(),
});
export type AuditFilter = z.infer<typeof auditFilterSchema>;

const NAMES = { text: "q", actor: "by", action: "action", entity: "of", entityId: "id", fromMs: "from", toMs: "to" } as const satisfies Record<
  keyof AuditFilter,
  string
>;

/** As it stands in an address: `q=checkout&by=Ada&from=2026-11-29T10:00:00.000Z`. */
export function auditFilterToSearch(filter: AuditFilter): URLSearchParams {
  const search = new URLSearchParams();
  for (const field of Object.keys(NAMES) as (keyof AuditFilter)[]) {
    const value = filter[field];
    if (value === undefined) continue;
    search.set(NAMES[field], typeof value === "number" ? new Date(value).toISOString() : value);
  }
  return search;
}

/** The other way round, not checked yet. */
export function untrustedAuditFilter(search: URLSearchParams): Record<string, unknown> {
  const filter: Record<string, unknown> = {};
  for (const field of Object.keys(NAMES) as (keyof AuditFilter)[]) {
    const given = search.get(NAMES[field]);
    if (given !== null) filter[field] = field === "fromMs" || field === "toMs" ? Date.parse(given) : given;
  }
  return filter;
}

/** For the page: what can't be read is left out, so that an address that somebody mended by hand still shows a list. */
export function auditFilterOfSearch(search: URLSearchParams): AuditFilter {
  const readable = Object.entries(untrustedAuditFilter(search)).filter(([field, value]) => auditFilterSchema.safeParse({ [field]: value }).success);
  return auditFilterSchema.parse(Object.fromEntries(readable));
}

/** The words of a search: runs of letters and digits, as the index has them. At most 12. */
export function searchWords(text: string): string[] {
  return text
    .split(/[^0-9A-Za-z\u0080-\u{10ffff}]+/u)
    .filter((word) => word !== "")
    .slice(0, 12);
}
