import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LiveEvent } from "#domain/telemetry/live.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner, signIn } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { enrol, explanationOf, type ServerProcess, startServerProcess } from "./serverProcess.ts";

const DISCARD = { kind: "discard" } as const;
const SECRET = "the secret that both replicas of the test share";
const folder = join(temporaryFolder(), "data");
let postgres: EmbeddedPostgres;
let replicas: ServerProcess[];
let owner: Api;

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(folder, () => {});
  const env = { DATABASE_URL: postgres.url, HEADGATE_SECRET: SECRET };
  replicas = await Promise.all([startServerProcess({ env }), startServerProcess({ env })]);
  // Each start makes the owner's link anew; the one that came last is good.
  owner = await createOwner(replicas[0]).catch(() => createOwner(replicas[1]));
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.remove()));
  await postgres.stop(5_000);
});

it("makes one control plane of two processes on one database", async () => {
  const [first, second] = replicas;
  const other = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${second.http}/trpc`, headers: { cookie: owner.cookie, origin: second.http } })] });
  expect(await other.session.me.query()).toMatchObject({ role: "admin" });
  expect((await other.policies.list.query()).map((policy) => policy.name)).toEqual(["keep everything"]);

  const instanceUid = randomUUID();
  const collector = await enrol(first.fleet, readFileSync(join(first.dataDir, "local-enrolment-token"), "utf8").trim(), { name: "at the second", instanceUid });
  const there = await enrol(second.fleet, readFileSync(join(first.dataDir, "local-enrolment-token"), "utf8").trim(), {
    name: "at the second",
    instanceUid: collector.instanceUid,
  });
  const stream = there.connect();
  await stream.next("the first configuration", (message) => message.config?.revision === 1);
  const api = await signIn(first.http);
  await waitFor("the first replica to know where the collector is", async () => (await api.trpc.fleet.list.query())[0]?.state === "online");

  // Applied through one, delivered by the other; the acknowledgement is seen by both.
  const { id } = await api.trpc.destinations.create.mutate({ name: "through the first", body: DISCARD });
  const { revision, hash } = await api.trpc.revisions.start.mutate({ kind: "destination", id, version: 1 });
  await stream.next("the new configuration", (message) => message.config?.revision === revision);
  stream.send({ configReport: { state: 2, revision, hash, tookMs: 1 } });
  await waitFor("the acknowledgement", async () => (await api.trpc.revisions.status.query({ revision })).collectors[0].state === "applied");

  // Revoked through one, ended by the other.
  await api.trpc.fleet.revokeCredential.mutate({ id: there.collectorId });
  expect((await stream.ended).details).toContain("revoked");
  collector.close();
  there.close();
});

it("asks collectors about a trace wherever their stream is, and leaves no question behind", async () => {
  const [first, second] = replicas;
  const token = readFileSync(join(first.dataDir, "local-enrolment-token"), "utf8").trim();
  const collectors = await Promise.all([
    enrol(first.fleet, token, { name: "here" }),
    enrol(second.fleet, token, { name: "there" }),
    enrol(second.fleet, token, { name: "there and in need" }),
    enrol(second.fleet, token, { name: "there and old" }),
  ]);
  const streams = collectors.map((collector, index) => collector.connect(index === 3 ? {} : { capabilities: ["explain"] }));
  for (const stream of streams) await stream.next("the welcome", (message) => message.welcome);
  const api = await signIn(first.http);
  await waitFor("the first replica to know all four", async () => (await api.trpc.fleet.list.query()).filter((row) => row.state === "online").length === 4);
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const answer = async (index: number, result: { ok: boolean; message?: string; explanation?: string }) => {
    const { commandId } = await streams[index].next("the question", (message) => message.command?.explain?.traceId === traceId && message.command);
    streams[index].send({ commandResult: { commandId, ...result } });
  };
  void answer(0, { ok: true, explanation: JSON.stringify(explanationOf("neverSeen", traceId)) });
  void answer(1, { ok: true, explanation: JSON.stringify(explanationOf("decided", traceId)) });
  void answer(2, { ok: false, message: "out of memory\0" });
  const { answers } = await api.trpc.live.explain.query({ traceId });
  expect(answers).toMatchObject([
    { collectorName: "there", explanation: explanationOf("decided", traceId), problem: null },
    { collectorName: "here", explanation: { kind: "neverSeen" }, problem: null },
    { collectorName: "there and in need", explanation: null, problem: "out of memory\0" },
    { collectorName: "there and old", explanation: null, problem: expect.stringContaining("update it") },
  ]);

  // A replica that died is still named by its collectors for a while.
  const database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
  const questions = async () => (await database.query('SELECT * FROM "RelayedQuestion"')).rows;
  expect(await questions()).toEqual([]);
  const seenMs = Date.now();
  await database.query(`UPDATE "Collector" SET replica = 'one that died', "lastSeenAt" = now() WHERE id = $1`, [collectors[1].collectorId]);
  await database.query(`INSERT INTO "RelayedQuestion" (id, "askedBy", replica, "collectorId", "traceId", "timeoutMs", "askedAt")
    VALUES ('left behind', 'one that died', 'x', 'x', 'x', 1, now() - interval '2 minutes')`);
  const orphaned = await api.trpc.live.explain.query({ traceId });
  expect(orphaned.answers.find((one) => one.collectorName === "there")?.problem).toContain(
    "another replica of the control plane, which gave no answer in time",
  );
  expect(Date.now() - seenMs).toBeLessThan(12_000);
  expect(await questions()).toEqual([]);
  await database.end();
  for (const stream of streams) stream.cancel();
  for (const collector of collectors) collector.close();
});

it("recovers without a restart when the database of DATABASE_URL was away", async () => {
  const api = await signIn(replicas[0].http);
  const events: LiveEvent[] = [];
  const unsubscribe = api.subscribe([{ kind: "fleet" }], (event) => events.push(event));
  const health = () => events.findLast((event) => event.kind === "health")?.database;
  await waitFor("the first state", () => health() === "up");
  await postgres.stop(5_000);
  await waitFor("the outage", () => health() === "down");
  expect((await fetch(`${replicas[0].http}/readyz`)).status).toBe(503);
  await expect(api.trpc.policies.list.query()).rejects.toThrow("database can't be reached");
  expect((await api.trpc.live.history.query({ scope: { kind: "fleet" } })).points).toHaveLength(900);
  postgres = await startEmbeddedPostgres(folder, () => {});
  await waitFor("the recovery", () => health() === "up");
  expect(await api.trpc.policies.list.query()).toHaveLength(1);
  unsubscribe();
});
