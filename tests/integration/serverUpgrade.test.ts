import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { configHash } from "#domain/fleet/configHash.ts";
import { pipelineSettingsSchema } from "#domain/pipeline/pipelineSettings.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { MIGRATIONS_DIR, migrate } from "#server/db/migrate.ts";
import { type Api, createOwner } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { enrol, type ServerProcess, startServerProcess } from "./serverProcess.ts";

/** What the versions before pipeline settings were documents kept in each revision, and hashed. */
const OLD_PIPELINE = {
  receive: { requestBytesMax: 16_777_216, concurrentRequestsMax: 1_000 },
  batch: { sizeMax: 8_192, timeoutMs: 1_000 },
  queue: { spansMax: 200_000, bytesMax: 268_435_456 },
  retry: { initialMs: 100, maxMs: 5_000, maxElapsedMs: 300_000 },
  delivery: { concurrency: 4, timeoutMs: 10_000 },
};
const OTHER_PIPELINE = { ...OLD_PIPELINE, queue: { spansMax: 50_000, bytesMax: 268_435_456 } };
const SAMPLING = { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } }] };
const DISCARD = { kind: "discard" };
const oldHash = (pipeline: unknown) => configHash({ sampling: SAMPLING, pipeline, export: DISCARD });
/** Of revisions 1 to 4, in order. */
const PIPELINES = [OLD_PIPELINE, OTHER_PIPELINE, {}, OLD_PIPELINE];

let postgres: EmbeddedPostgres;
let client: pg.Client;
let replicas: ServerProcess[];
let owner: Api;

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  const older = join(temporaryFolder(), "migrations");
  for (const name of ["20261123000000_first", "20261124000000_carry_over"]) cpSync(join(MIGRATIONS_DIR, name), join(older, name), { recursive: true });
  await migrate(postgres.url, older);
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`INSERT INTO "Document" (id, kind, name) VALUES ('p', 'sampling', 'keep everything'), ('d', 'export', 'nowhere')`);
  await client.query(`INSERT INTO "DocumentVersion" ("documentId", number, body, "authorName") VALUES ('p', 1, $1, 'Ada'), ('d', 1, $2, 'Ada')`, [
    SAMPLING,
    DISCARD,
  ]);
  for (const [index, pipeline] of PIPELINES.entries()) {
    await client.query(
      `INSERT INTO "Revision" (number, hash, "policyId", "policyVersion", "destinationId", "destinationVersion", pipeline, "authorName", "createdAt")
       VALUES ($1, $2, 'p', 1, 'd', 1, $3, $4, $5)`,
      [index + 1, oldHash(pipeline), JSON.stringify(pipeline), index === 0 ? "Ada" : "Ben", new Date(Date.UTC(2026, 10, 20 + index))],
    );
  }
  const env = { DATABASE_URL: postgres.url, HEADGATE_SECRET: "the secret that both replicas of the test share" };
  replicas = await Promise.all([startServerProcess({ env }), startServerProcess({ env })]);
  owner = await createOwner(replicas[0]).catch(() => createOwner(replicas[1]));
});
afterAll(async () => {
  await Promise.all((replicas ?? []).map((replica) => replica.remove()));
  await client?.end();
  await postgres?.stop(5_000);
});

it("makes a document of the settings that revisions held: a version for each different one, with author and time", async () => {
  const [{ id, ...listed }, ...others] = await owner.trpc.pipelines.list.query();
  expect(others).toEqual([]);
  expect(listed).toMatchObject({ name: "Standard pipeline", currentVersion: 3, runningVersion: 1 });
  const { versions } = await owner.trpc.pipelines.get.query({ id });
  expect(versions).toMatchObject([
    { number: 3, authorName: "Ben", appliedRevision: 3, message: "As revision 3 had it" },
    { number: 2, authorName: "Ben", appliedRevision: 2, createdAtMs: Date.UTC(2026, 10, 21) },
    { number: 1, authorName: "Ada", appliedRevision: 4, createdAtMs: Date.UTC(2026, 10, 20) },
  ]);
  for (const [index, pipeline] of [OLD_PIPELINE, OTHER_PIPELINE, {}].entries()) {
    expect((await owner.trpc.pipelines.version.query({ id, number: index + 1 })).body).toEqual(pipelineSettingsSchema.parse(pipeline));
  }
});

it("gives the newest revision the hash that this version computes, once for all replicas, and leaves the others what collectors ran", async () => {
  const hash = configHash({ sampling: SAMPLING, pipeline: pipelineSettingsSchema.parse(OLD_PIPELINE), export: DISCARD });
  const { rows } = await client.query<{ number: number; hash: string }>(`SELECT number, hash FROM "Revision" ORDER BY number`);
  expect(rows.map((row) => row.hash)).toEqual([oldHash(OLD_PIPELINE), oldHash(OTHER_PIPELINE), oldHash({}), hash]);
  const { rows: events } = await client.query(`SELECT "actorName", "entityId", before, after FROM "AuditEvent" WHERE action = 'revision.rehash'`);
  expect(events).toEqual([{ actorName: "Headgate", entityId: "4", before: { hash: oldHash(OLD_PIPELINE) }, after: { hash } }]);
});

it("sends it to a collector that still runs the old one, and to none that runs the new one", async () => {
  const token = readFileSync(join(replicas[0].dataDir, "local-enrolment-token"), "utf8").trim();
  const collector = await enrol(replicas[0].fleet, token, { name: "from before" });
  const stream = collector.connect({ runningRevision: 4, runningHash: oldHash(OLD_PIPELINE) });
  const config = await stream.next("the configuration", (message) => message.config);
  expect(config.revision).toBe(4);
  expect(configHash(JSON.parse(config.body ?? ""))).toBe(config.hash);
  stream.cancel();
  const again = collector.connect({ runningRevision: 4, runningHash: config.hash });
  await again.next("the welcome", (message) => message.welcome);
  await again.next("the pace", (message) => message.watch);
  expect(again.received.filter((message) => message.config)).toEqual([]);
  expect((await owner.trpc.revisions.current.query()).hash).toBe(config.hash);
  again.cancel();
  collector.close();
});

it("leaves the hash alone when a replica starts again", async () => {
  const third = await startServerProcess({ env: { DATABASE_URL: postgres.url, HEADGATE_SECRET: "the secret that both replicas of the test share" } });
  await third.remove();
  const { rows } = await client.query(`SELECT count(*)::int AS events FROM "AuditEvent" WHERE action = 'revision.rehash'`);
  expect(rows).toEqual([{ events: 1 }]);
});
