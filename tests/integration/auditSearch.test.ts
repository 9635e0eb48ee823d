import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditFilter } from "#domain/audit/auditFilter.ts";
import { findAuditEvents } from "#server/db/auditEvents.ts";
import { type Database, openDatabase } from "#server/db/database.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { migrate } from "#server/db/migrate.ts";
import { temporaryFolder } from "../fixtures/environment.ts";

/** More than are walked back at first (10,000), and a word in more than are taken from the index (10,000) that is in none of the newest. */
const EVENTS = 25_000;
const WINTER_UNTIL = 12_000;

let postgres: EmbeddedPostgres;
let client: pg.Client;
let db: Database;

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  await migrate(postgres.url);
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`ALTER TABLE "AuditEvent" DISABLE TRIGGER ALL`);
  await client.query(`DELETE FROM "AuditEvent"`);
  await client.query(
    `INSERT INTO "AuditEvent" (id, at, "actorKind", "actorName", action, entity, "entityName", after)
     SELECT n, now() - interval '1 day' + n * interval '1 second', 'person', 'Person ' || n % 7, 'policy.saveVersion', 'policy', 'checkout',
       jsonb_build_object('message', CASE WHEN n = 1234 THEN 'needle' WHEN n % 1000 = 0 THEN 'black friday' WHEN n <= $2::int THEN 'winter' ELSE 'summer' END)
     FROM generate_series(1, $1::int) n`,
    [EVENTS, WINTER_UNTIL],
  );
  await client.query(`ANALYZE "AuditEvent"`);
  db = openDatabase({ url: postgres.url });
});
afterAll(async () => {
  await db?.$disconnect();
  await client?.end();
  await postgres?.stop(5_000);
});

/** What the search has to find, by reading everything. */
async function expected(pattern: string, { actor, beforeId = EVENTS + 1, max }: { actor?: string; beforeId?: number; max: number }): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM "AuditEvent" WHERE after->>'message' || ' checkout' ~ $1 AND ($2::text IS NULL OR "actorName" = $2) AND id < $3 ORDER BY id DESC LIMIT $4`,
    [pattern, actor ?? null, beforeId, max],
  );
  return rows.map(({ id }) => id);
}

describe("a search of the audit finds the newest that match, wherever they are", () => {
  it.each<[string, AuditFilter, string, number?]>([
    ["a word of all", { text: "checkout" }, "."],
    ["a word of one in a thousand", { text: "friday" }, "friday"],
    ["its beginning", { text: "fri" }, "friday"],
    ["a word of one", { text: "needle" }, "needle"],
    ["a word of none", { text: "nowhere" }, "nowhere"],
    ["a word that is common, but not lately", { text: "winter" }, "winter"],
    ["two words, one of them rare", { text: "checkout friday" }, "friday"],
    ["two common words that are never together", { text: "winter summer" }, "winter.*summer"],
    ["a person and a rare word", { text: "friday", actor: "Person 3" }, "friday"],
    ["a person and a word that is common, but not lately", { text: "winter", actor: "Person 3" }, "winter"],
    ["a rare word before a page's end", { text: "friday" }, "friday", 14_000],
    ["a common word before a page's end", { text: "winter" }, "winter", 300],
    ["from beyond the end", { text: "friday" }, "friday", EVENTS * 2],
  ])("%s", async (_what, filter, pattern, beforeId) => {
    for (const max of [3, 101]) {
      const found = await findAuditEvents(db, filter, { max, ...(beforeId !== undefined && { beforeId: String(beforeId) }) });
      expect(found.map(({ id }) => id)).toEqual(await expected(pattern, { actor: filter.actor, beforeId, max }));
    }
  });

  it("after an event too", async () => {
    const found = await findAuditEvents(db, { text: "friday" }, { afterId: "20000", max: 101 });
    expect(found.map(({ id }) => id)).toEqual(["25000", "24000", "23000", "22000", "21000"]);
  });
});
