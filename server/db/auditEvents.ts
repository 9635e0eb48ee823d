import type { AuditActorKind, AuditFacts } from "#domain/audit/auditEvent.ts";
import { type AuditFilter, searchWords } from "#domain/audit/auditFilter.ts";
import type { Transaction } from "./database.ts";
import { Prisma } from "./gen/client.ts";

/** An event as it is stored; nothing is hidden in it yet. */
export type StoredAuditEvent = AuditFacts & {
  id: string;
  atMs: number;
  actorKind: AuditActorKind;
  actorName: string;
  origin: Record<string, unknown>;
  hash: string | null;
  previousHash: string | null;
};

type Row = Omit<StoredAuditEvent, "id" | "atMs"> & { id: bigint; at: Date };

/** Walked back first: where a word is common, a page of it is among them. */
const WALKED = 10_000n;
/** Found through the words' index before it is given up; a word that stands in more of them is common. */
const HITS_MAX = 10_000;

type Page = { beforeId?: string; afterId?: string; max: number };

/** The newest events that match, newest first: those before `beforeId` and after `afterId`, at most `max`. */
export async function findAuditEvents(tx: Transaction, filter: AuditFilter, { beforeId, afterId, max }: Page): Promise<StoredAuditEvent[]> {
  const where = await conditions(tx, filter, beforeId, afterId);
  const words = searchWords(filter.text ?? "");
  const rows = words.length === 0 ? await newest(tx, where, max) : await newestWithWords(tx, words, where, { beforeId, max });
  return rows.map(({ id, at, ...rest }) => ({ id: String(id), atMs: at.getTime(), ...rest }));
}

/**
 * Left to itself, Postgres takes the beginning of a rare word for a common one, and walks back through everything in search of a page. So the walk is
 * bounded; then the words' index is asked for the rarest word alone, because the others would cost most; only where all are common, but not lately, the
 * walk goes on. docs/benchmarks.md has what each costs.
 */
async function newestWithWords(tx: Transaction, words: readonly string[], where: Prisma.Sql, { beforeId, max }: Page): Promise<Row[]> {
  const [{ last }] = await tx.$queryRaw<{ last: bigint }[]>`SELECT coalesce(max("id"), 0) AS "last" FROM "AuditEvent"`;
  const before = beforeId === undefined || BigInt(beforeId) > last ? last + 1n : BigInt(beforeId);
  const walked = await newest(tx, where, max, Prisma.sql`"id" >= ${before - WALKED} AND "id" < ${before}`);
  if (walked.length === max) return walked;
  const hits = await hitsOfRarest(tx, words);
  return hits === null ? newest(tx, where, max) : newest(tx, where, max, Prisma.sql`"id" = ANY(${hits})`);
}

/** Every event with the rarest of the words; null when even that one is common. */
async function hitsOfRarest(tx: Transaction, words: readonly string[]): Promise<bigint[] | null> {
  let rarest = { word: "", estimate: Number.POSITIVE_INFINITY };
  for (const word of new Set(words)) {
    const estimate = await estimateOf(tx, word);
    if (estimate < rarest.estimate) rarest = { word, estimate };
  }
  if (rarest.estimate > HITS_MAX) return null;
  const hits = await tx.$queryRaw<{ id: bigint }[]>`SELECT "id" FROM "AuditEvent" WHERE ${haveWords([rarest.word])} LIMIT ${HITS_MAX + 1}`;
  return hits.length > HITS_MAX ? null : hits.map(({ id }) => id);
}

/** In how many events the planner believes a word to stand. Its statistics know the common words. */
async function estimateOf(tx: Transaction, word: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }[]>`
    EXPLAIN (FORMAT JSON) SELECT FROM "AuditEvent" WHERE ${haveWords([word])}`;
  return row["QUERY PLAN"][0].Plan["Plan Rows"];
}

/** `among`: events that are read first, whatever indexes there are for `where`; OFFSET 0 keeps the planner from undoing that. */
function newest(tx: Transaction, where: Prisma.Sql, max: number, among?: Prisma.Sql): Promise<Row[]> {
  const events = among ? Prisma.sql`(SELECT * FROM "AuditEvent" WHERE ${among} ORDER BY "id" DESC OFFSET 0) AS "AuditEvent"` : Prisma.sql`"AuditEvent"`;
  return tx.$queryRaw<Row[]>`
    SELECT "id", "at", "actorKind", "actorName", "action", "entity", "entityId", "entityName", "detail", "before", "after", "origin", "hash", "previousHash"
    FROM ${events} ${where} ORDER BY "id" DESC LIMIT ${max}`;
}

/** How many events after `afterId` match; counting ends at `max`. */
export async function countAuditEvents(tx: Transaction, filter: AuditFilter, afterId: string, max: number): Promise<number> {
  const where = await conditions(tx, filter, undefined, afterId);
  const [{ count }] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM (SELECT FROM "AuditEvent" ${where} ORDER BY "id" DESC LIMIT ${max}) AS newer`;
  return count;
}

/** What stands in a column, each value once and in order, at most `max`: found by walking its index, whatever the number of events. */
export async function auditValues(tx: Transaction, column: "actorName" | "action" | "entity", max: number): Promise<string[]> {
  const name = Prisma.raw(`"${column}"`);
  const rows = await tx.$queryRaw<{ value: string }[]>`
    WITH RECURSIVE walk AS (
      (SELECT ${name} AS value FROM "AuditEvent" ORDER BY ${name} LIMIT 1)
      UNION ALL
      SELECT (SELECT ${name} FROM "AuditEvent" WHERE ${name} > walk.value ORDER BY ${name} LIMIT 1) FROM walk WHERE walk.value IS NOT NULL
    )
    SELECT value FROM walk WHERE value IS NOT NULL LIMIT ${max}`;
  return rows.map(({ value }) => value);
}

async function conditions(tx: Transaction, filter: AuditFilter, beforeId: string | undefined, afterId: string | undefined): Promise<Prisma.Sql> {
  const { text, actor, action, entity, entityId, fromMs, toMs } = filter;
  const words = searchWords(text ?? "");
  const parts: Prisma.Sql[] = [];
  if (beforeId !== undefined) parts.push(Prisma.sql`"id" < ${BigInt(beforeId)}`);
  if (afterId !== undefined) parts.push(Prisma.sql`"id" > ${BigInt(afterId)}`);
  if (actor !== undefined) parts.push(Prisma.sql`"actorName" = ${actor}`);
  if (action !== undefined) parts.push(Prisma.sql`"action" = ${action}`);
  if (entity !== undefined) parts.push(Prisma.sql`"entity" = ${entity}`);
  if (entityId !== undefined) parts.push(Prisma.sql`"entityId" = ${entityId}`);
  if (words.length > 0) parts.push(haveWords(words));
  // Times never go back in the chain, so a range of times is a range of numbers, and one index serves both.
  if (fromMs !== undefined) parts.push(Prisma.sql`"id" >= ${await firstIdFrom(tx, fromMs)}`);
  if (toMs !== undefined) parts.push(Prisma.sql`"id" < ${await firstIdFrom(tx, toMs)}`);
  return parts.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(parts, " AND ")}`;
}

/** All of them, each as the beginning of a word. */
function haveWords(words: readonly string[]): Prisma.Sql {
  return Prisma.sql`"words" @@ to_tsquery('simple', ${words.map((word) => `'${word}':*`).join(" & ")})`;
}

const AFTER_ALL = 9_223_372_036_854_775_807n;

async function firstIdFrom(tx: Transaction, atMs: number): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ id: bigint }[]>`SELECT "id" FROM "AuditEvent" WHERE "at" >= ${new Date(atMs)} ORDER BY "at", "id" LIMIT 1`;
  return row?.id ?? AFTER_ALL;
}
