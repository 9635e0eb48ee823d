import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { type Api, createOwner } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { scrape } from "../fixtures/metrics.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ConnectedCollector, enrol, type ServerProcess, startServerProcess, type TestCollector } from "./serverProcess.ts";

const FAILED = 3;
/** Of this revision the database takes no report: as it is with any that it can't keep. */
const POISON = 777;
const REPORTS_OF_ONE_MAX = 10;

let postgres: EmbeddedPostgres;
let database: pg.Client;
let server: ServerProcess;
let owner: Api;
const clients: TestCollector[] = [];

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  server = await startServerProcess({ env: { DATABASE_URL: postgres.url, HEADGATE_SECRET: "the secret of a server of the test" } });
  owner = await createOwner(server);
  database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
  await database.query(`
    CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$;
    CREATE TRIGGER poison BEFORE INSERT ON "ConfigReport" FOR EACH ROW WHEN (NEW."revision" = ${POISON}) EXECUTE FUNCTION refuse_poison();`);
}, 120_000);
afterAll(async () => {
  for (const client of clients) client.close();
  await database?.end();
  await server?.remove();
  await postgres?.stop(5_000);
});

type Collector = { id: string; stream: ConnectedCollector };
async function connected(name: string): Promise<Collector> {
  const client = await enrol(server.fleet, readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim(), { name });
  clients.push(client);
  const stream = client.connect();
  await stream.next("the welcome", ({ welcome }) => welcome);
  return { id: client.collectorId, stream };
}
const refuse = ({ stream }: Collector, revision: number, more: object = {}) =>
  stream.send({ configReport: { state: FAILED, revision, hash: "ab".repeat(32), failingPath: "export", reason: "no such host", tookMs: 1, ...more } });
const reportsOf = async ({ id }: Collector) => (await owner.trpc.fleet.get.query({ id })).reports;
const counter = async (name: string) => (await scrape(Number(new URL(server.http).port))).get(name);

it("writes down what collectors say although one of them says what the database refuses, and counts that one", async () => {
  const [bad, good, other] = await Promise.all(["bad", "good", "other"].map(connected));
  const refused = await counter("headgate_config_reports_refused_total");
  for (const collector of [good, bad, other, bad, good]) refuse(collector, collector === bad ? POISON : 5);
  // A character that no JSON column takes is no reason to lose the report.
  refuse(good, 6, { effectiveConfig: '{"a":"\\u0000"}' });
  await waitFor("the reports of the others", async () => (await reportsOf(good)).length === 3 && (await reportsOf(other)).length === 1);
  expect((await reportsOf(good))[0]).toMatchObject({ revision: 6, reason: "no such host" });
  expect(await reportsOf(bad)).toEqual([]);
  await waitFor("the count", async () => (await counter("headgate_config_reports_refused_total")) === (refused ?? 0) + 2);
  expect(bad.stream.received.some(({ goodbye }) => goodbye)).toBe(false);
});

it("keeps the newest of what comes while the database takes nothing, counts what found no room, and writes it down afterwards", async () => {
  const [busy, bad, good] = await Promise.all(["busy", "worse", "better"].map(connected));
  await database.query(`BEGIN; LOCK TABLE "ConfigReport" IN SHARE MODE`);
  // One write waits for the lock, and what comes after it waits for that one.
  refuse(busy, 1);
  await waitFor("the write to wait", async () => {
    const { rows } = await database.query("SELECT 1 FROM pg_locks WHERE NOT granted");
    return rows.length > 0;
  });
  for (let revision = 2; revision <= 2 + REPORTS_OF_ONE_MAX + 3; revision++) refuse(busy, revision);
  refuse(bad, POISON);
  refuse(good, 5);
  await waitFor("the count", async () => (await counter("headgate_config_reports_left_out_total")) === 4);
  await database.query("COMMIT");
  await waitFor("what waited", async () => (await reportsOf(busy)).length === 1 + REPORTS_OF_ONE_MAX && (await reportsOf(good)).length === 1);
  expect((await reportsOf(busy)).map(({ revision }) => revision)).toEqual([...Array.from({ length: REPORTS_OF_ONE_MAX }, (_, index) => 15 - index), 1]);
  expect(await counter("headgate_config_reports_waiting")).toBe(0);
});
