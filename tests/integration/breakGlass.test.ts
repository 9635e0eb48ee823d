import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KEEP_ALL_MAX } from "#domain/fleet/keepAll.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { createToken, openPublicApi } from "../fixtures/publicApi.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ConnectedCollector, enrol, type ServerProcess, startServerProcess, type TestCollector } from "./serverProcess.ts";

const condition = { kind: "service" as const, match: "exact" as const, values: ["payments"] };
let postgres: EmbeddedPostgres;
let replicas: ServerProcess[];
let owner: Api;
let other: ReturnType<typeof createTRPCClient<AppRouter>>;
let collector: TestCollector;
let stream: ConnectedCollector;
beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  const env = { DATABASE_URL: postgres.url, HEADGATE_SECRET: "the secret that both replicas of the test share" };
  replicas = await Promise.all([startServerProcess({ env }), startServerProcess({ env })]);
  // Each start makes the owner's link anew; the one that came last is good.
  owner = await createOwner(replicas[0]).catch(() => createOwner(replicas[1]));
  const [first, second] = replicas;
  other = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${second.http}/trpc`, headers: { cookie: owner.cookie, origin: second.http } })] });
  // The collector is held by the second replica; what the tests ask, they ask the first, but where they say so.
  collector = await enrol(second.fleet, readFileSync(join(first.dataDir, "local-enrolment-token"), "utf8").trim());
  stream = collector.connect({ capabilities: ["config", "measurements", "keep-all"] });
  await stream.next("the list, empty", ({ keepAll }) => keepAll && (keepAll.entries ?? []).length === 0);
}, 180_000);
afterAll(async () => {
  collector?.close();
  await Promise.all(replicas.map((replica) => replica.remove()));
  await postgres.stop(5_000);
});

const told = (what: string, id: string, fits: (leftMs: number | null) => boolean) =>
  stream.next(what, () => {
    const last = stream.received.findLast(({ keepAll }) => keepAll)?.keepAll?.entries ?? [];
    const entry = last.find((one) => one.id === id);
    return fits(entry?.leftMs ?? null) ? { entry, last } : undefined;
  });

function measure(id: string, processStartMs: number, spans: number, active = true): void {
  const item = { atMs: Date.now(), windowMs: 1_000, processStartMs, keepAll: [{ id, spans, bytes: spans * 1_000, active, problem: "" }] };
  stream.send({ measurements: { nowMs: Date.now(), items: [item] } });
}

it("reaches a collector at the other replica, lasts longer, adds up what was counted over restarts, and ends for all", async () => {
  const preview = await owner.trpc.breakGlass.preview.query({ condition, minutes: 30 });
  expect(preview).toMatchObject({ what: "service is payments", estimate: { kind: "unknown" } });
  const { id, endsAtMs } = await owner.trpc.breakGlass.start.mutate({ condition, minutes: 30, reason: "INC-1" });
  const { entry } = await told("it", id, (leftMs) => leftMs !== null);
  expect(JSON.parse(entry?.condition ?? "")).toEqual(condition);
  expect(entry?.leftMs).toBeGreaterThan(1_700_000);
  expect(entry?.leftMs).toBeLessThanOrEqual(1_800_000);

  const extended = await owner.trpc.breakGlass.extend.mutate({ id, minutes: 30 });
  expect(extended.endsAtMs).toBe(endsAtMs + 1_800_000);
  await told("the longer time", id, (leftMs) => (leftMs ?? 0) > 3_500_000);

  const started = Date.now() - 60_000;
  measure(id, started, 400);
  measure(id, started, 500);
  await waitFor("what was counted", async () => (await owner.trpc.breakGlass.list.query()).live[0]?.kept?.spans === 500);
  measure(id, started + 50_000, 250);
  const [live] = await waitFor("both processes added up", async () => {
    const list = (await owner.trpc.breakGlass.list.query()).live;
    return list[0]?.kept?.spans === 750 ? list : undefined;
  });
  expect(live).toMatchObject({ byName: "Olga Owner", reason: "INC-1", kept: { bytes: 750_000, costMicroUsd: 375 }, collectors: { active: 1, problems: [] } });

  await other.breakGlass.end.mutate({ id });
  await told("that it is over", id, (leftMs) => leftMs === null);
  const { past } = await owner.trpc.breakGlass.list.query({ past: true });
  expect(past[0]).toMatchObject({ id, endedBy: "Olga Owner", isSettled: false, kept: { spans: 750 } });
  await expect(owner.trpc.breakGlass.extend.mutate({ id, minutes: 5 })).rejects.toThrow("it has ended already");
}, 120_000);

it("is for collectors that its selector selects, also when labels change while it lasts, and no more than sixteen at once", async () => {
  const { id } = await owner.trpc.breakGlass.start.mutate({ condition: { kind: "always" }, selector: "env = prod", minutes: 5, reason: "INC-2" });
  expect((await owner.trpc.breakGlass.list.query()).live[0]).toMatchObject({ what: "everything, on collectors with env=prod" });
  await owner.trpc.fleet.setLabels.mutate({ id: collector.collectorId, labels: { env: "prod" } });
  await told("it, now that it has the label", id, (leftMs) => leftMs !== null);
  await owner.trpc.fleet.setLabels.mutate({ id: collector.collectorId, labels: { env: "test" } });
  await told("that it is no more for it", id, (leftMs) => leftMs === null);
  const more = Array.from({ length: KEEP_ALL_MAX }, () => owner.trpc.breakGlass.start.mutate({ condition, minutes: 5, reason: "many" }));
  const results = await Promise.allSettled(more);
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
  for (const { id: one } of (await owner.trpc.breakGlass.list.query()).live) await owner.trpc.breakGlass.end.mutate({ id: one });
}, 120_000);

it("is started, listed, extended and ended over the API by a token with the scope apply, and by no other", async () => {
  const api = await openPublicApi(replicas[0].http, await createToken(owner, ["read", "apply"]));
  const reads = await createToken(owner, ["read"]);
  const body = { condition, minutes: 15, reason: "from the runbook" };
  expect(await api.call("POST", "/break-glass", { body, token: reads })).toMatchObject({ status: 403 });
  const wrong = await api.call("POST", "/break-glass", { body: { ...body, condition: { kind: "latency", aboveMs: 5 } } });
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ path: "condition.kind", message: "must be service, endpoint or attribute, got latency" }] } });
  const made = await api.call("POST", "/break-glass", { body });
  expect(made).toMatchObject({ status: 201 });
  const { id } = made.body;
  expect(await api.call("GET", "/break-glass", { token: reads })).toMatchObject({
    status: 200,
    body: { live: [{ id, what: "service is payments" }], past: [] },
  });
  expect(await api.call("POST", `/break-glass/${id}/extend`, { body: { minutes: 15 } })).toMatchObject({ status: 200 });
  expect(await api.call("POST", `/break-glass/${id}/end`)).toMatchObject({ status: 200 });
  expect(await api.call("POST", `/break-glass/${id}/end`)).toMatchObject({ status: 409 });
}, 120_000);
