import type { AuditEventView } from "./auditEvent.ts";

export type AuditCsvEvent = Omit<AuditEventView, "olderId" | "newerId">;

const COLUMNS: { name: string; of: (event: AuditCsvEvent) => unknown }[] = [
  { name: "number", of: ({ id }) => id },
  { name: "time", of: ({ atMs }) => new Date(atMs).toISOString() },
  { name: "who", of: ({ actorName }) => actorName },
  { name: "kind of actor", of: ({ actorKind }) => actorKind },
  { name: "what", of: ({ sentence }) => sentence },
  { name: "action", of: ({ action }) => action },
  { name: "entity", of: ({ entity }) => entity },
  { name: "entity id", of: ({ entityId }) => entityId },
  { name: "entity name", of: ({ entityName }) => entityName },
  { name: "before", of: ({ before }) => before },
  { name: "after", of: ({ after }) => after },
  { name: "detail", of: ({ detail }) => detail },
  { name: "via", of: ({ origin }) => origin.via },
  { name: "page", of: ({ origin }) => origin.page },
  { name: "request", of: ({ origin }) => origin.requestId },
  { name: "address", of: ({ origin }) => origin.ip },
  { name: "browser", of: ({ origin }) => origin.agent },
  { name: "hash", of: ({ hash }) => hash },
];

export const AUDIT_CSV_HEAD = csvLine(COLUMNS.map(({ name }) => name));

export function auditCsvLine(event: AuditCsvEvent): string {
  return csvLine(COLUMNS.map(({ of }) => of(event)));
}

/** RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets show as text. */
function csvLine(cells: unknown[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const safe = /^[\t\r\n]|^\s*[=+\-@|%]/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
