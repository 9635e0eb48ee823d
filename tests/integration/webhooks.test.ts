import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { type SimulatedCollector, simulateCollector } from "../fixtures/simulatedCollector.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

type Received = { headers: IncomingHttpHeaders; body: string };
const ENV = () => ({ DATABASE_URL: postgres.url, HEADGATE_SECRET: "the secret that both replicas of the test share", HEADGATE_WEBHOOKS_PRIVATE: "allow" });
let postgres: EmbeddedPostgres;
let client: pg.Client;
let replicas: ServerProcess[];
let owner: Api;
const collectors: SimulatedCollector[] = [];
let receiver: Server;
let url: string;
let received: Received[] = [];
/** Nothing is answered while it is set. */
let hangs = false;
/** What is answered, in turn; after that 204. */
let answers: { status: number; body?: string; location?: string }[] = [];
beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      if (hangs) return;
      const { status, body: text, location } = answers.shift() ?? { status: 204 };
      response.writeHead(status, location === undefined ? {} : { location }).end(text);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  replicas = await Promise.all([startServerProcess({ env: ENV() }), startServerProcess({ env: ENV() })]);
  // One of the two has the link; it is the first from here on.
  owner = await createOwner(replicas[0]).catch(() => createOwner(replicas.reverse()[0]));
}, 180_000);
afterAll(async () => {
  for (const one of collectors) one.stop();
  await Promise.all(replicas.map((replica) => replica.remove()));
  await client.end();
  await postgres.stop(5_000);
  receiver.closeAllConnections();
  receiver.close();
});

const glass = { condition: { kind: "service" as const, match: "exact" as const, values: ["payments"] }, minutes: 5, reason: "INC-1" };
const deliveries = async (endpointId: string) => (await owner.trpc.webhooks.deliveries.query({ endpointId })).items;
/** Whoever waits for the next try need not: its time has come. */
const due = (id: string) => client.query(`UPDATE "WebhookDelivery" SET "nextTryAt" = now() WHERE "endpointId" = $1`, [id]);

function signedBy(secret: string, { headers, body }: Received): boolean {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const expected = createHmac("sha256", key).update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`).digest("base64");
  return String(headers["webhook-signature"]).split(" ").includes(`v1,${expected}`);
}

it("sends what happened once, signed, by one of two replicas, and with both secrets after a rotation", async () => {
  const { id, secret } = await owner.trpc.webhooks.create.mutate({ name: "once", url, events: ["break_glass.started"] });
  const started = await Promise.all(Array.from({ length: 5 }, () => owner.trpc.breakGlass.start.mutate(glass)));
  await waitFor("all to be delivered", async () => (await deliveries(id)).filter(({ state }) => state === "delivered").length === 5);
  expect(received).toHaveLength(5);
  expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(5);
  expect(received.every((one) => signedBy(secret, one))).toBe(true);
  expect(JSON.parse(received[0].body)).toMatchObject({ type: "break_glass.started", data: { what: "service is payments", by: "Olga Owner", reason: "INC-1" } });
  const { secret: next } = await owner.trpc.webhooks.rotateSecret.mutate({ id });
  received = [];
  expect(await owner.trpc.webhooks.test.mutate({ id })).toMatchObject({ status: 204, error: null });
  expect([signedBy(secret, received[0]), signedBy(next, received[0])]).toEqual([true, true]);
  for (const one of started) await owner.trpc.breakGlass.end.mutate({ id: one.id });
  await owner.trpc.webhooks.remove.mutate({ id });
}, 120_000);

it("tries again under the same id what failed, follows no redirect, keeps each answer, and sends again when asked", async () => {
  const { id } = await owner.trpc.webhooks.create.mutate({ name: "fails", url, events: ["rollout.completed"] });
  received = [];
  answers = [
    { status: 503, body: "not now" },
    { status: 302, location: "http://127.0.0.1:9/" },
  ];
  expect(await owner.trpc.webhooks.test.mutate({ id })).toMatchObject({ status: 503, error: "it answered 503", body: "not now" });
  await due(id);
  await waitFor("the second try", async () => (await deliveries(id))[0].tries.length === 2);
  await due(id);
  const delivered = await waitFor("the third try", async () => {
    const [one] = await deliveries(id);
    return one.state === "delivered" ? one : undefined;
  });
  expect(delivered.tries.map(({ status }) => status)).toEqual([503, 302, 204]);
  expect(delivered.tries[1].error).toContain("not followed");
  expect(new Set(received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([delivered.id]));
  await owner.trpc.webhooks.redeliver.mutate({ id: delivered.id });
  await waitFor("it to come once more", () => received.length === 4);
  expect(received[3].headers["webhook-id"]).toBe(delivered.id);
}, 120_000);

it("gives up after its last try and says so, and a paused one gets nothing", async () => {
  const { id } = await owner.trpc.webhooks.create.mutate({ name: "down", url: "http://127.0.0.1:9/", events: ["break_glass.started"] });
  expect((await owner.trpc.webhooks.test.mutate({ id })).error).toMatch(/ECONNREFUSED/);
  await client.query(`UPDATE "WebhookDelivery" SET "attempts" = 10, "nextTryAt" = now() WHERE "endpointId" = $1`, [id]);
  await waitFor("it to be given up", async () => (await deliveries(id))[0].state === "failed");
  expect((await owner.trpc.webhooks.list.query()).find((one) => one.id === id)).toMatchObject({ failed: 1, waiting: 0 });
  await owner.trpc.webhooks.update.mutate({ id, name: "down", url, events: ["break_glass.started"], state: "paused" });
  await owner.trpc.breakGlass.start.mutate(glass);
  expect(await deliveries(id)).toHaveLength(1);
  await owner.trpc.webhooks.update.mutate({ id, name: "down", url: "http://127.0.0.1:9/", events: ["break_glass.started"], state: "active" });
  await client.query(
    `INSERT INTO "WebhookDelivery" ("id", "endpointId", "kind", "event", "nextTryAt") SELECT 'w' || n, $1, 'test', '{}', now() + interval '1 day' FROM generate_series(1, 1000) n`,
    [id],
  );
  await owner.trpc.breakGlass.start.mutate(glass);
  expect((await owner.trpc.webhooks.list.query()).find((one) => one.id === id)).toMatchObject({ waiting: 1000, leftOut: 1 });
}, 120_000);

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});
/** What came of a kind, by the message's id, with what it says. */
const ofKind = (kind: string) =>
  received.flatMap((one) => {
    const { type, data } = JSON.parse(one.body) as { type: string; data: Record<string, unknown> };
    return type === kind ? [{ id: String(one.headers["webhook-id"]), data, one }] : [];
  });

it("tells of a rollout that waits for a person, of one that reached all, and of one that went back, each once and signed", async () => {
  received = [];
  const { id, secret } = await owner.trpc.webhooks.create.mutate({
    name: "rollouts",
    url,
    events: ["rollout.needs_you", "rollout.rolled_back", "rollout.completed"],
  });
  const { id: groupId } = await owner.trpc.groups.create.mutate({ name: "shops", selector: "t=shops", confirmed: true });
  const { id: policyId } = await owner.trpc.policies.create.mutate({ name: "shop", body: policy(1) });
  for (const baseVersion of [1, 2]) await owner.trpc.policies.saveVersion.mutate({ id: policyId, baseVersion, body: policy(1 / (baseVersion + 1)) });
  await owner.trpc.revisions.start.mutate({ kind: "policy", id: policyId, version: 1, groupIds: [groupId] });
  const token = readFileSync(join(replicas[0].dataDir, "local-enrolment-token"), "utf8").trim();
  for (const [index, { fleet }] of replicas.entries())
    collectors.push(await simulateCollector(fleet, token, { name: `shop-${index}`, labels: { t: "shops" } }));
  await waitFor("the collectors to run it", () => collectors.every(({ runningRevision }) => runningRevision > 0));
  const off = {
    p99RatioMax: null,
    queueShareMax: null,
    memoryBytesPerMinuteMax: null,
    droppedMax: null,
    refusedShareMax: null,
    keptShareWithinForecast: false,
  };
  const start = async (version: number) => {
    const stages = [
      { size: { kind: "count" as const, count: 1 }, bakeSeconds: 0 },
      { size: { kind: "share" as const, share: 1 }, bakeSeconds: 0, needsApproval: true },
    ];
    return (await owner.trpc.rollouts.start.mutate({ kind: "policy", id: policyId, version, groupId, plan: { stages, gates: off } })).number;
  };
  const one = await start(2);
  const [asked] = await waitFor("the question", () => ofKind("rollout.needs_you").length > 0 && ofKind("rollout.needs_you"));
  const rollout = { id: String(one), title: "shop v2", group: "shops" };
  expect(asked.data).toMatchObject({ rollout, stage: 2, why: "its next stage waits for an approval", url: expect.stringContaining(`/rollouts/${one}`) });
  await owner.trpc.rollouts.approve.mutate({ number: one });
  const [done] = await waitFor("its end", () => ofKind("rollout.completed").length > 0 && ofKind("rollout.completed"));
  expect(done.data).toMatchObject({ rollout, collectors: 2 });
  const two = await start(3);
  await waitFor("the question", () => ofKind("rollout.needs_you").length === 2);
  await owner.trpc.rollouts.abort.mutate({ number: two, message: "seen enough" });
  const [back] = await waitFor("the way back", () => ofKind("rollout.rolled_back").length > 0 && ofKind("rollout.rolled_back"));
  expect(back.data).toMatchObject({ rollout: { ...rollout, id: String(two), title: "shop v3" }, why: "by Olga Owner: seen enough", collectors: 1 });
  await waitFor("all to be delivered", async () => (await deliveries(id)).every(({ state }) => state === "delivered"));
  // The endpoint of the test before is told of what is completed as well, with its own secret.
  const own = received.filter((message) => signedBy(secret, message));
  expect(own.map(({ body }) => JSON.parse(body).type)).toEqual([asked, done, asked, back].map(({ one: { body } }) => JSON.parse(body).type));
  expect(new Set(own.map(({ headers }) => headers["webhook-id"])).size).toBe(4);
  await owner.trpc.webhooks.remove.mutate({ id });
}, 120_000);

it("tells that a break glass has ended once what was counted has come in", async () => {
  received = [];
  const { id, secret } = await owner.trpc.webhooks.create.mutate({ name: "glass", url, events: ["break_glass.ended"] });
  const started = await owner.trpc.breakGlass.start.mutate(glass);
  await owner.trpc.breakGlass.end.mutate({ id: started.id });
  expect(ofKind("break_glass.ended")).toEqual([]);
  await client.query(`UPDATE "BreakGlass" SET "endedAt" = now() - interval '16 seconds' WHERE "id" = $1`, [started.id]);
  const told = await waitFor("the message", () => ofKind("break_glass.ended").find(({ data }) => data.id === started.id));
  expect(told.data).toMatchObject({ what: "service is payments", endedBy: "Olga Owner", keptSpans: 0, keptBytes: 0, costMicroUsd: null });
  expect(signedBy(secret, told.one)).toBe(true);
  await owner.trpc.webhooks.remove.mutate({ id });
}, 120_000);

it("a control plane that is killed while it sends has each message sent again by another, under the same id", async () => {
  const { id } = await owner.trpc.webhooks.create.mutate({ name: "killed", url, events: ["break_glass.started"] });
  // The other one would be as likely to send them.
  await replicas[1].remove();
  received = [];
  hangs = true;
  await Promise.all(Array.from({ length: 5 }, () => owner.trpc.breakGlass.start.mutate(glass)));
  await waitFor("all to be under way", () => received.length === 5);
  const first = new Set(received.map(({ headers }) => headers["webhook-id"]));
  expect(first.size).toBe(5);
  replicas[0].process.kill("SIGKILL");
  await replicas[0].process.ended;
  hangs = false;
  received = [];
  const other = await startServerProcess({ env: ENV() });
  replicas.push(other);
  const trpc = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${other.http}/trpc`, headers: { cookie: owner.cookie, origin: other.http } })] });
  const sent = async () => (await trpc.webhooks.deliveries.query({ endpointId: id })).items;
  // As long as its lease lasts a message is nobody else's.
  expect((await sent()).map(({ state }) => state)).toEqual(Array(5).fill("pending"));
  await client.query(`UPDATE "WebhookDelivery" SET "leasedUntil" = now() WHERE "endpointId" = $1`, [id]);
  await waitFor("all to be delivered", async () => (await sent()).every(({ state }) => state === "delivered"));
  expect(new Set(received.map(({ headers }) => headers["webhook-id"]))).toEqual(first);
}, 120_000);
