import { isRecord } from "#components/data/isRecord.ts";
import { type DestinationDraft, draftFromDestination } from "./destinationDraft.ts";
import type { HeaderRow } from "./headerEdits.ts";

const TEMPLATE = draftFromDestination({ kind: "discard" });
const CHOICES: Record<"kind" | "protocol" | "compression", readonly string[]> = {
  kind: ["otlp", "archive", "discard"],
  protocol: ["grpc", "http"],
  compression: ["none", "gzip", "zstd"],
};

/** The draft as it is kept: without header values that were typed, which are secret and have to be given again. */
export function withoutSecrets(draft: DestinationDraft): DestinationDraft {
  const rows = draft.headers.rows.map((row) => ({ ...row, value: row.value === null ? null : "" }));
  return { ...draft, headers: { ...draft.headers, rows } };
}

/** Whether something typed would be missing from the kept draft. */
export function hasSecrets(draft: DestinationDraft): boolean {
  return draft.headers.rows.some(({ value }) => value !== null && value !== "");
}

/** A draft as this version of the form takes it; null for what is none. */
export function toDestinationDraft(value: unknown): DestinationDraft | null {
  if (!isRecord(value) || !isRecord(value.headers) || !isRecord(value.tls) || !isRecord(value.size)) return null;
  const { headers, tls, size } = value;
  const fits =
    Object.entries(CHOICES).every(([field, choices]) => choices.includes(String(value[field]))) &&
    typeof value.endpoint === "string" &&
    typeof headers.nextId === "number" &&
    Array.isArray(headers.rows) &&
    headers.rows.every(isRow) &&
    Object.entries(TEMPLATE.tls).every(([field, one]) => typeof tls[field] === typeof one) &&
    typeof size.text === "string" &&
    ["MB", "GB", "TB"].includes(String(size.unit));
  return fits ? (value as DestinationDraft) : null;
}

function isRow(row: unknown): row is HeaderRow {
  if (!isRecord(row) || typeof row.id !== "number" || typeof row.name !== "string" || typeof row.stored !== "boolean") return false;
  return row.value === null || typeof row.value === "string";
}
