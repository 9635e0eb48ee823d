// A million audit events: how long the page waits for what it asks, what writing one costs, and how fast the chain is verified.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import pg from "pg";
import type { AuditFilter } from "#domain/audit/auditFilter.ts";
import { audit } from "#server/db/audit.ts";
import { auditValues, countAuditEvents, findAuditEvents } from "#server/db/auditEvents.ts";
import { type Database, openDatabase } from "#server/db/database.ts";
import { startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { migrate } from "#server/db/migrate.ts";
import { verifyAuditChain } from "#server/db/verifyAuditChain.ts";

const GOAL_MS = 200;
const ROUNDS = 10;
const PAGE = { max: 101 };
const WRITES = 2_000;
const VERIFIED_MIN = 1;

type QueryRow = { asks: string; found: number; medianMs: number; worstMs: number };
type AuditReport = {
  bench: "audit";
  events: number;
  goalMs: number;
  goalMet: boolean;
  queries: QueryRow[];
  /** One transaction each, one after the other and by eight at once; `bare` is the same without an event. */
  writes: { bareMs: number; auditedMs: number; eightAtOncePerSecond: number; verifiedPerSecond: number };
};

/** Twenty people over a year and a half; one event in a thousand is about "friday", one word is in every second event, one stands in a single old one. */
const GENERATE = `
INSERT INTO "AuditEvent" (id, at, "actorKind", "actorId", "actorName", action, entity, "entityId", "entityName", detail, before, after, origin, "previousHash", hash)
SELECT n, now() - interval '390 days' + n * (interval '390 days' / $1::int), 'person', 'u' || person, (ARRAY['Ada','Ben','Cleo','Dan','Eva'])[person % 5 + 1] || ' ' || person,
  entity || '.' || verb, entity, md5((n % 2000)::text), 'checkout ' || n % 2000,
  jsonb_build_object('changes', jsonb_build_array('important APIs: keep ' || n % 100 || '% → 50%')),
  jsonb_build_object('version', n % 40, 'sha256', md5(n::text) || md5(n::text)),
  jsonb_build_object('version', n % 40 + 1, 'sha256', md5(n::text) || md5(n::text), 'message',
    CASE WHEN n % 1000 = 0 THEN 'black friday' WHEN n = 1234 THEN 'needle' WHEN n < $1::int / 2 THEN 'winter' ELSE 'summer' END),
  '{"via": "page", "ip": "192.0.2.1", "page": "/sampling"}', repeat('0', 64), md5(n::text) || md5(n::text)
FROM (SELECT n, (n * 7 + n / 13) % 20 AS person, (ARRAY['policy','policy','policy','pipeline','destination','collector','token','person'])[n % 8 + 1] AS entity,
  (ARRAY['saveVersion','saveVersion','create','rename'])[n / 8 % 4 + 1] AS verb FROM generate_series($2::int, $3::int) n) drawn`;

async function generate(client: pg.Client, events: number): Promise<void> {
  const step = 50_000;
  for (let from = 1; from <= events; from += step) await client.query(GENERATE, [events, from, Math.min(events, from + step - 1)]);
  await client.query(`UPDATE "AuditHead" SET "lastId" = $1, hash = repeat('0', 64), at = now()`, [events]);
  await client.query(`VACUUM ANALYZE "AuditEvent"`);
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const began = performance.now();
  const result = await work();
  return { ms: performance.now() - began, result };
}

async function measureQueries(db: Database, events: number): Promise<QueryRow[]> {
  const find = (filter: AuditFilter, beforeId?: string) => () => findAuditEvents(db, filter, { ...PAGE, beforeId }).then((found) => found.length);
  const yearAgo = Date.now() - 365 * 86_400_000;
  const asks: [string, () => Promise<number>][] = [
    ["the newest", find({})],
    ["a page in the middle", find({}, String(events / 2))],
    ["a word of every event", find({ text: "checkout" })],
    ["the beginning of it", find({ text: "che" })],
    ["a word of the older half alone", find({ text: "winter" })],
    ["a word of one in a thousand", find({ text: "friday" })],
    ["a word of one event", find({ text: "needle" })],
    ["a word of none", find({ text: "nowhere" })],
    ["four words", find({ text: "ada checkout policy friday" })],
    ["two common words that are never together", find({ text: "winter summer" })],
    ["a person", find({ actor: "Ada 5" })],
    ["a person and an action", find({ actor: "Ada 5", action: "token.rename" })],
    ["a person, an action and a word", find({ actor: "Ben 1", action: "policy.create", text: "friday" })],
    ["one policy", find({ entityId: "c4ca4238a0b923820dcc509a6f75849b" })],
    ["a day a year ago", find({ fromMs: yearAgo, toMs: yearAgo + 86_400_000 })],
    ["a word on a day a year ago", find({ text: "friday", fromMs: yearAgo, toMs: yearAgo + 86_400_000 })],
    ["how many are new", () => countAuditEvents(db, { text: "summer" }, String(events - 50), 100)],
    ["what to choose from", async () => (await auditValues(db, "actorName", 200)).length + (await auditValues(db, "action", 200)).length],
  ];
  const rows: QueryRow[] = [];
  for (const [name, ask] of asks) {
    const all: number[] = [];
    let found = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const { ms, result } = await timed(ask);
      all.push(ms);
      found = result;
    }
    all.sort((a, b) => a - b);
    rows.push({ asks: name, found, medianMs: all[ROUNDS / 2], worstMs: all[ROUNDS - 1] });
  }
  return rows;
}

async function measureWrites(db: Database, url: string): Promise<AuditReport["writes"]> {
  const setting = (tx: Parameters<Parameters<Database["$transaction"]>[0]>[0], index: number) =>
    tx.setting.upsert({
      where: { key: `bench ${index % 50}` },
      create: { key: `bench ${index % 50}`, value: index, updatedBy: "bench" },
      update: { value: index },
    });
  const event = { by: { id: "a", name: "Ada" }, action: "prices.set", entity: "prices", before: { perGb: 1 }, after: { perGb: 2 } };
  const bare = await timed(async () => {
    for (let index = 0; index < WRITES / 4; index++) await db.$transaction((tx) => setting(tx, index));
  });
  const write = (index: number) =>
    db.$transaction(async (tx) => {
      await setting(tx, index);
      await audit(tx, event);
    });
  const audited = await timed(async () => {
    for (let index = 0; index < WRITES / 4; index++) await write(index);
  });
  const eight = await timed(() =>
    Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let index = 0; index < WRITES / 8; index++) await write(writer * 5 + (index % 5));
      }),
    ),
  );
  const verified = await timed(() => verifyAuditChain(url));
  if (verified.result.broken || verified.result.events < VERIFIED_MIN) throw new Error(`the chain does not hold: ${JSON.stringify(verified.result.broken)}`);
  const perWrite = WRITES / 4;
  return {
    bareMs: bare.ms / perWrite,
    auditedMs: audited.ms / perWrite,
    eightAtOncePerSecond: (WRITES / eight.ms) * 1_000,
    verifiedPerSecond: (verified.result.events / verified.ms) * 1_000,
  };
}

async function run(events: number): Promise<AuditReport> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  // Where this runs as root, Postgres runs as somebody else, who has to pass.
  chmodSync(folder, 0o755);
  const postgres = await startEmbeddedPostgres(join(folder, "data"), () => {});
  const client = new pg.Client({ connectionString: postgres.url });
  try {
    await migrate(postgres.url);
    await client.connect();
    const db = openDatabase({ url: postgres.url });
    // Writes first: what is generated afterwards has hashes that nobody verifies.
    const writes = await measureWrites(db, postgres.url);
    await client.query(`ALTER TABLE "AuditEvent" DISABLE TRIGGER ALL`);
    await client.query(`DELETE FROM "AuditEvent"`);
    await generate(client, events);
    const queries = await measureQueries(db, events);
    await db.$disconnect();
    return { bench: "audit", events, goalMs: GOAL_MS, goalMet: queries.every(({ medianMs }) => medianMs < GOAL_MS), queries, writes };
  } finally {
    await client.end();
    await postgres.stop(10_000);
    rmSync(folder, { recursive: true, force: true });
  }
}

function print({ events, queries, writes, goalMet }: AuditReport): void {
  console.log(`audit: ${events.toLocaleString("en")} events in the embedded Postgres; ${ROUNDS} rounds of each, one page of 100`);
  const ms = (value: number) => Number(value.toFixed(1));
  console.table(Object.fromEntries(queries.map((row) => [row.asks, { found: row.found, "median ms": ms(row.medianMs), "worst ms": ms(row.worstMs) }])));
  console.log(
    `a write without an event: ${ms(writes.bareMs)} ms; with one: ${ms(writes.auditedMs)} ms; by eight at once: ${Math.round(writes.eightAtOncePerSecond)} a second`,
  );
  console.log(`verified: ${Math.round(writes.verifiedPerSecond).toLocaleString("en")} events a second`);
  console.log(`goal: every median below ${GOAL_MS} ms: ${goalMet ? "met" : "NOT met"}`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { json: { type: "string" }, events: { type: "string", default: "1000000" } } });
  const report = await run(Number(values.events));
  print(report);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
