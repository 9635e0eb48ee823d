import { z } from "zod";
import { configHash } from "../fleet/configHash.ts";
import { type Parsed, parseOrProblems } from "../validation/problems.ts";
import type { DocumentFile, DocumentKind, RunningFile } from "./codeFile.ts";

export const LOCK_FILE = "headgate.lock.json";
const SERVERS_MAX = 100;
const DOCUMENTS_MAX = 2_000;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hex");
const entry = z.strictObject({ version: z.int().min(1), sha256 });
const serverLock = z.strictObject({ documents: z.record(z.string().max(200), entry), running: sha256.nullable() });
const lockSchema = z.strictObject({
  servers: z
    .record(z.string().max(500), serverLock)
    .refine((servers) => Object.keys(servers).length <= SERVERS_MAX, `must have at most ${SERVERS_MAX} servers`)
    .refine(
      (servers) => Object.values(servers).every(({ documents }) => Object.keys(documents).length <= DOCUMENTS_MAX),
      `must have at most ${DOCUMENTS_MAX} documents of each`,
    ),
});
/** Of each server, by its address: the version of each document that the folder was last equal to, and the hashes of what it said. */
export type Lock = z.infer<typeof lockSchema>;
export type LockEntry = z.infer<typeof entry>;

export type ServerLock = z.infer<typeof serverLock>;

export const EMPTY_LOCK: Lock = { servers: {} };
export const NOTHING_LOCKED: ServerLock = { documents: {}, running: null };

/** Never throws. */
export function parseLock(text: string): Parsed<Lock> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { ok: false, problems: [{ path: "", message: `is no JSON: ${error instanceof Error ? error.message : String(error)}` }] };
  }
  return parseOrProblems(lockSchema, json);
}

/** In the order of names, so that a difference is a change. */
export function formatLock({ servers }: Lock): string {
  const ordered = inOrder(Object.entries(servers).map(([url, { documents, running }]) => [url, { documents: inOrder(Object.entries(documents)), running }]));
  return `${JSON.stringify({ servers: ordered }, null, 2)}\n`;
}

export function lockKey(kind: DocumentKind, name: string): string {
  return `${kind}/${name}`;
}

export function lockEntry(file: DocumentFile, version: number): LockEntry {
  return { version, sha256: configHash(file.body) };
}

export function runningHash(file: RunningFile): string {
  return configHash(file.runs);
}

function inOrder<T>(entries: [string, T][]): Record<string, T> {
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
