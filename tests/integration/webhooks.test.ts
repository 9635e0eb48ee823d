import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { type Api, createOwner } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

type Received = { headers: IncomingHttpHeaders; body: string };
let postgres: EmbeddedPostgres;
let client: pg.Client;
let replicas: ServerProcess[];
let owner: Api;
let receiver: Server;
let url: string;
let received: Received[] = [];
/** What is answered, in turn; after that 204. */
let answers: { status: number; body?: string; location?: string }[] = [];
beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      const { status, body: text, location } = answers.shift() ?? { status: 204 };
      response.writeHead(status, location === undefined ? {} : { location }).end(text);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const env = { DATABASE_URL: postgres.url, HEADGATE_SECRET: "the secret that both replicas of the test share", HEADGATE_WEBHOOKS_PRIVATE: "allow" };
  replicas = await Promise.all([startServerProcess({ env }), startServerProcess({ env })]);
  owner = await createOwner(replicas[0]).catch(() => createOwner(replicas[1]));
}, 180_000);
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.remove()));
  await client.end();
  await postgres.stop(5_000);
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
