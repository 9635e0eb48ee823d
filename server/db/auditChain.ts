import { createHash } from "node:crypto";
import { canonicalJson } from "#domain/fleet/configHash.ts";

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json | undefined };

/** What the hash of an event covers: all of it, and the hash of the event before. `id` in decimal digits, `at` as ISO 8601 with milliseconds. */
export type ChainedEvent = {
  id: string;
  at: string;
  actorKind: string;
  actorId: string | null;
  actorName: string;
  action: string;
  entity: string;
  entityId: string | null;
  entityName: string | null;
  detail: unknown;
  before: unknown;
  after: unknown;
  origin: unknown;
  previousHash: string;
};

/** What the first event of a chain names as the hash before it. */
export const FIRST_PREVIOUS_HASH = "0".repeat(64);

/** SHA-256 over the canonical JSON (RFC 8785) of the event, 64 hex digits. */
export function auditHash(event: ChainedEvent): string {
  return createHash("sha256").update(canonicalJson(event)).digest("hex");
}

const VALUE_BYTES_MAX = 32_768;

/** As a JSON column of Postgres gives it back: no zero bytes, no half characters, nothing undefined. What is too long is named by its size and hash. */
export function toStoredJson(value: Json): Json {
  const text = JSON.stringify(clean(value));
  const bytes = Buffer.byteLength(text);
  if (bytes <= VALUE_BYTES_MAX) return JSON.parse(text) as Json;
  return { leftOut: "too long to be kept here", bytes, sha256: createHash("sha256").update(text).digest("hex") };
}

/** A text as Postgres can keep it. */
export function toStoredText(text: string): string {
  return text.replaceAll("\u0000", "�").toWellFormed();
}

function clean(value: Json): Json {
  if (typeof value === "string") return toStoredText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).flatMap(([name, item]) => (item === undefined ? [] : [[toStoredText(name), clean(item)]])));
  return value;
}
