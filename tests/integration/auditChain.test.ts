import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { audit } from "#server/db/audit.ts";
import { auditHash, FIRST_PREVIOUS_HASH } from "#server/db/auditChain.ts";
import { type Database, openDatabase } from "#server/db/database.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { migrate } from "#server/db/migrate.ts";
import { verifyAuditChain } from "#server/db/verifyAuditChain.ts";
import { pruneAudit } from "#server/services/audit/pruneAudit.ts";
import type { ServiceContext } from "#server/services/context.ts";
import { cleanEnvironment, temporaryFolder } from "../fixtures/environment.ts";

const root = join(import.meta.dirname, "..", "..");
const dataDir = join(temporaryFolder(), "data");
const ADA = { id: "a", name: "Ada" };
const DAY_MS = 86_400_000;
let postgres: EmbeddedPostgres;
let url: string;
let client: pg.Client;
let replicas: [Database, Database];
let databases = 0;

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(dataDir, () => {});
});
afterAll(() => postgres?.stop(5_000));

/** Each test has a database of its own. */
beforeEach(async () => {
  const name = `audit${++databases}`;
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const address = new URL(postgres.url);
  address.pathname = `/${name}`;
  url = address.href;
  await migrate(url);
  client = new pg.Client({ connectionString: url });
  await client.connect();
  replicas = [openDatabase({ url }), openDatabase({ url })];
});
afterEach(async () => {
  await Promise.all(replicas.map((db) => db.$disconnect()));
  await client.end();
});

async function write(count: number, db = replicas[0]): Promise<void> {
  for (let index = 0; index < count; index++)
    await db.$transaction((tx) =>
      audit(tx, {
        by: { ...ADA, from: { via: "page", ip: "192.0.2.7", agent: "Firefox\u0000\ud800" } },
        action: "prices.set",
        entity: "prices",
        before: { microUsd: 0.1 + index },
        after: { microUsd: 1e21, list: [null, "ü", -0, 5e-324] },
      }),
    );
}

/** As somebody would who owns the database. */
async function byHand(...statements: string[]): Promise<void> {
  await client.query(`ALTER TABLE "AuditEvent" DISABLE TRIGGER ALL; ALTER TABLE "AuditCheckpoint" DISABLE TRIGGER ALL`);
  for (const statement of statements) await client.query(statement);
  await client.query(`ALTER TABLE "AuditEvent" ENABLE TRIGGER ALL; ALTER TABLE "AuditCheckpoint" ENABLE TRIGGER ALL`);
}

describe("the chain", () => {
  it("holds when it is empty, and when two replicas write at the same time: no event is lost and none is numbered twice", async () => {
    expect(await verifyAuditChain(url)).toMatchObject({ events: 0, broken: null });
    await Promise.all(Array.from({ length: 12 }, (_, index) => write(10, replicas[index % 2])));
    expect(await verifyAuditChain(url)).toMatchObject({ events: 120, unchained: 0, first: { id: "1" }, last: { id: "120" }, broken: null });
  });

  it("goes on without a gap after a transaction that was rolled back", async () => {
    await write(1);
    const failing = replicas[0].$transaction(async (tx) => {
      await audit(tx, { by: ADA, action: "person.remove", entity: "person" });
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    await write(1);
    expect(await verifyAuditChain(url)).toMatchObject({ events: 2, last: { id: "2" }, broken: null });
  });

  it("keeps a value that is too long by its size and hash, and goes on holding", async () => {
    await replicas[0].$transaction((tx) => audit(tx, { by: ADA, action: "policy.create", entity: "policy", after: "x".repeat(100_000) }));
    const { rows } = await client.query(`SELECT after FROM "AuditEvent"`);
    expect(rows[0].after).toMatchObject({ bytes: 100_002, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await verifyAuditChain(url)).broken).toBeNull();
  });
});

describe("the database refuses", () => {
  it.each([
    `UPDATE "AuditEvent" SET "actorName" = 'Eve'`,
    `DELETE FROM "AuditEvent" WHERE id = 2`,
    `TRUNCATE "AuditEvent"`,
    `INSERT INTO "AuditCheckpoint" ("lastId", "hash", "lastAt") SELECT id, hash, at FROM "AuditEvent" WHERE id = 2`,
  ])("%s", async (statement) => {
    await write(3);
    await expect(client.query(statement)).rejects.toThrow(/audit/);
    expect((await verifyAuditChain(url)).events).toBe(3);
  });
});

describe("what somebody did by hand is found, and the event named", () => {
  it.each<[string, string[], string, RegExp]>([
    ["a changed actor", [`UPDATE "AuditEvent" SET "actorName" = 'Eve' WHERE id = 3`], "3", /was changed/],
    ["a changed value", [`UPDATE "AuditEvent" SET "after" = '{"microUsd": 1}' WHERE id = 4`], "4", /was changed/],
    ["a changed address", [`UPDATE "AuditEvent" SET "origin" = '{}' WHERE id = 1`], "1", /was changed/],
    ["a changed time", [`UPDATE "AuditEvent" SET "at" = "at" - interval '1 hour' WHERE id = 2`], "2", /was changed/],
    ["the first one deleted", [`DELETE FROM "AuditEvent" WHERE id = 1`], "1", /is missing/],
    ["one deleted in the middle", [`DELETE FROM "AuditEvent" WHERE id = 3`], "3", /is missing/],
    ["the last one deleted", [`DELETE FROM "AuditEvent" WHERE id = 5`], "5", /is missing/],
    ["all deleted", [`DELETE FROM "AuditEvent"`], "1", /is missing/],
    [
      "one inserted at the end",
      [
        `INSERT INTO "AuditEvent" SELECT 6, at, "actorId", "actorName", action, entity, "entityId", detail, "actorKind", "entityName", before, after, origin, hash, hash FROM "AuditEvent" WHERE id = 5`,
      ],
      "6",
      /does not follow|was changed/,
    ],
    [
      "two exchanged",
      [`UPDATE "AuditEvent" SET id = 0 WHERE id = 2`, `UPDATE "AuditEvent" SET id = 2 WHERE id = 3`, `UPDATE "AuditEvent" SET id = 3 WHERE id = 0`],
      "2",
      /does not follow/,
    ],
    ["a hash taken away", [`UPDATE "AuditEvent" SET hash = NULL WHERE id = 3`], "3", /has no hash/],
    ["the end forgotten", [`DELETE FROM "AuditHead"`], "5", /is gone/],
  ])("%s", async (_what, statements, id, problem) => {
    await write(5);
    await byHand(...statements);
    expect((await verifyAuditChain(url)).broken).toEqual({ id, problem: expect.stringMatching(problem) });
  });

  it("a chain that was made anew with right hashes, by the hash that was written down elsewhere", async () => {
    await write(3);
    const { last } = await verifyAuditChain(url);
    const expected = { id: last?.id ?? "", hash: last?.hash ?? "" };
    await write(1);
    expect((await verifyAuditChain(url, expected)).broken).toBeNull();
    const { rows } = await client.query(`SELECT * FROM "AuditEvent" ORDER BY id`);
    let previousHash = FIRST_PREVIOUS_HASH;
    for (const { words: _words, hash: _hash, ...row } of rows) {
      const event = { ...row, at: row.at.toISOString(), actorName: "Eve", previousHash };
      const hash = auditHash(event);
      await byHand(`UPDATE "AuditEvent" SET "actorName" = 'Eve', "previousHash" = '${previousHash}', hash = '${hash}' WHERE id = ${row.id}`);
      previousHash = hash;
    }
    await client.query(`UPDATE "AuditHead" SET hash = $1`, [previousHash]);
    expect((await verifyAuditChain(url)).broken).toBeNull();
    expect((await verifyAuditChain(url, expected)).broken).toEqual({ id: "3", problem: expect.stringContaining("another hash") });
    expect((await verifyAuditChain(url, { ...expected, id: "9" })).broken).toEqual({ id: "9", problem: expect.stringContaining("is not there") });
  });
});

describe("what is older than 400 days", () => {
  const system = () => ({ actor: { kind: "system", name: "Headgate" }, db: replicas[0], ports: { nowMs: Date.now } }) as unknown as ServiceContext;

  /** Events as they were written `days` days ago. */
  async function writeLongAgo(days: number[]): Promise<void> {
    let previousHash = FIRST_PREVIOUS_HASH;
    for (const [index, ago] of days.entries()) {
      const at = new Date(Date.now() - ago * DAY_MS).toISOString();
      const id = String(index + 1);
      const rest = { entityId: null, entityName: null, detail: {}, before: null, after: null, origin: {} };
      const hash = auditHash({ id, at, actorKind: "person", actorId: "a", actorName: "Ada", action: "prices.set", entity: "prices", ...rest, previousHash });
      await client.query(
        `INSERT INTO "AuditEvent" (id, at, "actorKind", "actorId", "actorName", action, entity, "previousHash", hash) VALUES ($1, $2, 'person', 'a', 'Ada', 'prices.set', 'prices', $3, $4)`,
        [id, at, previousHash, hash],
      );
      await client.query(`UPDATE "AuditHead" SET "lastId" = $1, hash = $2, at = $3`, [id, hash, at]);
      previousHash = hash;
    }
  }

  it("goes, from the beginning of the chain alone; the rest still verifies, and an event says what went", async () => {
    await writeLongAgo([900, 500, 401, 399, 1]);
    expect(await pruneAudit({ ctx: system() })).toBe(3);
    expect(await verifyAuditChain(url)).toMatchObject({ events: 3, first: { id: "4" }, last: { id: "6" }, checkpoint: "3", broken: null });
    const { rows } = await client.query(`SELECT action, detail FROM "AuditEvent" WHERE id = 6`);
    expect(rows).toEqual([{ action: "audit.prune", detail: expect.objectContaining({ events: 3, throughId: "3" }) }]);
    expect(await pruneAudit({ ctx: system() })).toBe(0);
    await byHand(`DELETE FROM "AuditEvent" WHERE id = 4`);
    expect((await verifyAuditChain(url)).broken).toEqual({ id: "4", problem: "is missing" });
  });
});

describe("npm run headgate -- audit verify", () => {
  const verify = (env: Record<string, string>, ...args: string[]) =>
    promisify(execFile)(process.execPath, [join(root, "server", "verifyAudit.ts"), ...args], { env: cleanEnvironment(env) }).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: "" }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
    );

  it("says what it has checked, and names the event at which the chain is broken, with exit code 1", async () => {
    await write(3);
    const good = await verify({ DATABASE_URL: url });
    expect(good).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^3 events checked: 1 \(.*\) to 3 \(.*\)\nthe chain holds\nits end, .*: 3:[0-9a-f]{64}\n$/),
    });
    await byHand(`UPDATE "AuditEvent" SET "actorName" = 'Eve' WHERE id = 2`);
    expect(await verify({ DATABASE_URL: url })).toMatchObject({ code: 1, stdout: expect.stringContaining("BROKEN at event 2: it was changed") });
    expect(JSON.parse((await verify({ DATABASE_URL: url }, "--json")).stdout)).toMatchObject({ events: 1, broken: { id: "2" } });
  });

  it("finds the embedded database while it runs, and leaves it running", async () => {
    await migrate(postgres.url);
    expect(await verify({ HEADGATE_DATA_DIR: dataDir })).toMatchObject({ code: 0, stdout: expect.stringContaining("0 events checked") });
    expect((await client.query("SELECT 1")).rowCount).toBe(1);
  });

  it("starts the embedded database of a folder where none runs, and stops it again", async () => {
    const folder = join(temporaryFolder(), "data");
    const own = await startEmbeddedPostgres(folder, () => {});
    await migrate(own.url);
    const db = openDatabase({ url: own.url });
    await write(2, db);
    await db.$disconnect();
    await own.stop(5_000);
    expect(await verify({ HEADGATE_DATA_DIR: folder })).toMatchObject({ code: 0, stdout: expect.stringContaining("2 events checked") });
    const again = await startEmbeddedPostgres(folder, () => {});
    expect(again.adopted).toBe(false);
    await again.stop(5_000);
  });

  it("says what is wrong when there is nothing to check, with exit code 2", async () => {
    expect(await verify({ HEADGATE_DATA_DIR: temporaryFolder() })).toMatchObject({ code: 2, stderr: expect.stringContaining("there is no database in") });
    expect(await verify({ DATABASE_URL: url }, "--expect", "3")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--expect takes an event's number and hash"),
    });
  });
});
