import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import type { rolloutPlanSchema } from "#domain/fleet/rollout/rolloutPlan.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { type SimulatedCollector, type Simulation, simulateCollector } from "../fixtures/simulatedCollector.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

type Plan = z.input<typeof rolloutPlanSchema>;
type Gates = NonNullable<Plan["gates"]>;

const SECRET = "the secret that both replicas of the test share";
const SIZE = 4;
const OFF: Gates = {
  applyWithinSeconds: 3,
  awayForSeconds: 2,
  windowSeconds: 1,
  p99RatioMax: null,
  queueShareMax: null,
  memoryBytesPerMinuteMax: null,
  droppedMax: null,
  refusedShareMax: null,
  keptShareWithinForecast: false,
};
const plan = (bakeSeconds: number, gates: Gates = {}): Plan => ({
  stages: [
    { size: { kind: "count", count: 1 }, bakeSeconds },
    { size: { kind: "share", share: 0.5 }, bakeSeconds },
    { size: { kind: "share", share: 1 }, bakeSeconds },
  ],
  gates: { ...OFF, ...gates },
});
const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});

let postgres: EmbeddedPostgres;
let database: pg.Client;
let replicas: ServerProcess[];
let owner: Api;
let other: ReturnType<typeof createTRPCClient<AppRouter>>;
let token: string;
let groups = 0;
const running: SimulatedCollector[] = [];

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  const env = { DATABASE_URL: postgres.url, HEADGATE_SECRET: SECRET };
  replicas = await Promise.all([startServerProcess({ env }), startServerProcess({ env })]);
  owner = await createOwner(replicas[0]).catch(() => createOwner(replicas[1]));
  const { http } = replicas[1];
  other = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${http}/trpc`, headers: { cookie: owner.cookie, origin: http } })] });
  token = readFileSync(join(replicas[0].dataDir, "local-enrolment-token"), "utf8").trim();
  database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
}, 180_000);
afterAll(async () => {
  for (const collector of running) collector.stop();
  await database?.end();
  await Promise.all((replicas ?? []).map((replica) => replica.remove()));
  await postgres?.stop(5_000);
});

type Fleet = { groupId: string; before: number; policyId: string; collectors: SimulatedCollector[] };

/** A group of four collectors, two at each replica, that run its first revision; `simulation` says what they do with later ones. */
async function fleet(simulation: Partial<Simulation> = {}, trpc: Api["trpc"] = owner.trpc, at = () => replicas, enrolment = () => token): Promise<Fleet> {
  const name = `group${++groups}`;
  const { id: groupId } = await trpc.groups.create.mutate({ name, selector: `t=${name}`, confirmed: true });
  const { id: policyId } = await trpc.policies.create.mutate({ name, body: policy(1) });
  await trpc.policies.saveVersion.mutate({ id: policyId, baseVersion: 1, body: policy(0.5) });
  const { revision: before } = await trpc.revisions.start.mutate({ kind: "policy", id: policyId, version: 1, groupIds: [groupId] });
  const collectors = await Promise.all(
    Array.from({ length: SIZE }, (_, index) =>
      simulateCollector(at()[index % at().length].fleet, enrolment(), { name: `${name}-${index}`, labels: { t: name }, from: before, ...simulation }),
    ),
  );
  running.push(...collectors);
  await waitFor(`${name} to run revision ${before}`, async () => {
    const rows = (await trpc.fleet.list.query()).filter((row) => row.group?.id === groupId);
    return rows.length === SIZE && rows.every((row) => row.state === "online" && row.runningRevision === before);
  });
  return { groupId, before, policyId, collectors };
}

const start = ({ groupId, policyId }: Fleet, stages: Plan, more: { forecast?: { low: number; high: number; expected: number } } = {}) =>
  owner.trpc.rollouts.start.mutate({ kind: "policy", id: policyId, version: 2, groupId, plan: stages, ...more });
const rolloutOf = (number: number, trpc: Api["trpc"] = owner.trpc) => trpc.rollouts.get.query({ number });
const reaches = (number: number, phase: string, trpc: Api["trpc"] = owner.trpc) =>
  waitFor(
    `rollout ${number} to be ${phase}`,
    async () => {
      const found = await rolloutOf(number, trpc).catch(() => undefined);
      return found?.phase === phase && found;
    },
    { timeoutMs: 40_000 },
  );
const kinds = (log: Awaited<ReturnType<typeof rolloutOf>>["log"]) => log.map(({ step }) => step.kind);
const WHOLE = ["started", ...Array.from({ length: 3 }, () => ["stageOpened", "applied", "stagePassed"]).flat(), "completed"];

/** Everybody runs what ran before, the group's revision is what it was, and nobody is taken for drifting. */
async function isBack({ groupId, before, collectors }: Fleet, number: number): Promise<void> {
  const { log, collectors: of } = await reaches(number, "rolledBack");
  const at = (kind: string) => log.find(({ step }) => step.kind === kind)?.atMs ?? 0;
  expect(at("rolledBack") - at("rollingBack")).toBeLessThanOrEqual(11_000);
  expect(of).toBe(SIZE);
  const { states } = await owner.trpc.rollouts.collectors.query({ number });
  expect(states).toHaveLength(SIZE);
  expect((await owner.trpc.revisions.current.query({ groupId })).revision).toBe(before);
  await waitFor("all to run what ran before", () => collectors.every((one) => one.runningRevision === before || one.sent.at(-1) === before));
}

it("moves a group stage by stage, over two replicas, and takes each step once", async () => {
  const group = await fleet();
  const { groupId, before, policyId, collectors } = group;
  const { number } = await start(group, plan(1));
  // As long as it lasts nothing else changes the same collectors.
  await expect(owner.trpc.revisions.start.mutate({ kind: "policy", id: policyId, version: 2, groupIds: [groupId] })).rejects.toThrow(`rollout ${number} (`);
  await expect(start(group, plan(1))).rejects.toThrow(`abort it under /rollouts/${number}`);
  await expect(owner.trpc.groups.archive.mutate({ id: groupId })).rejects.toThrow(`rollout ${number}`);
  const canary = await waitFor("the canary", async () => {
    const found = await rolloutOf(number);
    return found.phase === "baking" && found.stages[0].state === "baking" && found;
  });
  expect(canary).toMatchObject({ changed: 1, collectors: SIZE, fromRevision: before, fromVersion: 1, toVersion: 2 });
  expect((await owner.trpc.revisions.current.query({ groupId })).revision).toBe(before);
  const rows = (await other.fleet.list.query()).filter((row) => row.group?.id === groupId);
  expect(rows.filter((row) => row.rollout?.stage === 0 && row.assignedRevision === canary.toRevision)).toHaveLength(1);
  expect(rows.map((row) => row.configState)).toEqual(Array(SIZE).fill("in-sync"));
  const done = await reaches(number, "completed");
  expect(kinds(done.log)).toEqual(WHOLE);
  expect(done).toMatchObject({ changed: SIZE, stages: [{ joined: 1 }, { joined: 1 }, { joined: 2 }] });
  expect((await owner.trpc.revisions.current.query({ groupId })).revision).toBe(done.toRevision);
  expect(collectors.map(({ sent }) => sent)).toEqual(Array(SIZE).fill([before, done.toRevision]));
  const cells = await other.rollouts.collectors.query({ number });
  expect(cells).toMatchObject({ counts: { changed: SIZE }, states: "c".repeat(SIZE) });
  expect([...cells.stages].sort().join("")).toBe("0122");
  const page = await other.rollouts.collectorPage.query({ number, stage: 2, limit: 1, from: 1 });
  expect(page).toMatchObject({ order: cells.order, total: 2, items: [{ state: "changed", stage: 2 }] });
  expect((await other.rollouts.collectorPage.query({ number, search: "-3" })).items).toMatchObject([{ name: expect.stringMatching(/-3$/) }]);
  const { rows: audited } = await database.query(`SELECT "action" FROM "AuditEvent" WHERE "entity" = 'rollout' AND "entityId" = $1`, [String(number)]);
  expect(audited).toHaveLength(WHOLE.length);
});

describe("goes back by itself, and says why", () => {
  it.each<[string, Partial<Simulation>, object]>([
    ["one says applied with another hash", { conduct: "wrongHash" }, { kind: "wrongHash" }],
    ["one never answers", { conduct: "silent" }, { kind: "notApplied", withinSeconds: 3 }],
    ["one refuses it", { conduct: "refuse" }, { kind: "refused", path: "sampling.tiers[0]", reason: "it can't" }],
    ["one connects again and again", { conduct: "flap" }, { kind: "unstable" }],
    ["one starts again and again", { conduct: "crash" }, { kind: "unstable" }],
    ["the stream of one is cut between the stage and its answer", { conduct: "vanish" }, { kind: "away" }],
    ["one says so whose clock is an hour off", { conduct: "refuse", clockOffsetMs: 3_600_000 }, { kind: "refused" }],
  ])("when %s", async (_, simulation, reason) => {
    const group = await fleet(simulation);
    const { number } = await start(group, plan(8));
    await isBack(group, number);
    const { reason: why, failures, log } = await rolloutOf(number);
    expect(why).toMatchObject(reason);
    expect(failures).toHaveLength(1);
    expect(kinds(log).filter((kind) => kind === "rollingBack" || kind === "rolledBack")).toHaveLength(2);
    if (simulation.conduct === "refuse") expect(failures[0]).toMatchObject({ path: "sampling.tiers[0]", reason: "it can't", logLines: ["one", "two"] });
  });

  it("when changed collectors answer more slowly than the others, with the series as evidence", async () => {
    const group = await fleet({ spansPerS: 1_000, slowerBuckets: 8, historySeconds: 60, clockOffsetMs: -3_600_000 });
    const { number } = await start(group, plan(30, { p99RatioMax: 1.25 }));
    await isBack(group, number);
    const { reason, evidence, gates } = await rolloutOf(number);
    expect(reason).toMatchObject({ kind: "gateFailed", gate: "p99", result: { state: "fail", against: "control" } });
    expect(evidence).toMatchObject({ gate: "p99", collectors: [{ id: expect.any(String) }] });
    expect(gates.find(({ gate }) => gate === "p99")).toMatchObject({ unit: "seconds", note: null });
    const { points, marks } = await owner.trpc.rollouts.chart.query({ number, gate: "p99" });
    expect(points.filter(({ changed, high }) => changed !== null && high !== null && changed > high).length).toBeGreaterThanOrEqual(6);
    expect(marks.map(({ kind }) => kind)).toEqual(["stage", "rollingBack"]);
    // The same gate, had it been more patient, and had it been as it is.
    const replay = (ratio: number) => owner.trpc.rollouts.replayGates.query({ groupId: group.groupId, gates: { ...OFF, p99RatioMax: ratio } });
    expect((await replay(1.25)).gates.find(({ gate }) => gate === "p99")?.fired).toMatchObject([{ number }]);
    expect((await replay(4)).gates.find(({ gate }) => gate === "p99")?.fired).toEqual([]);
  });

  it("when changed collectors lose spans, and says how many", async () => {
    const group = await fleet({ spansPerS: 1_000, dropsPerS: 7 });
    const { number } = await start(group, plan(20, { droppedMax: 0 }));
    await isBack(group, number);
    const { reason, lost } = await rolloutOf(number);
    expect(reason).toMatchObject({ kind: "gateFailed", gate: "dropped" });
    expect(lost.spans).toBeGreaterThanOrEqual(7);
  });
});

it("does not take a gate without data for a passed one: a canary without traffic is a person's to decide on", async () => {
  const group = await fleet();
  const { groupId } = group;
  const { id } = await owner.trpc.policies.create.mutate({ name: "another", body: policy(0.5) });
  const { number } = await owner.trpc.rollouts.start.mutate({ kind: "policy", id, version: 1, groupId, plan: plan(1, { refusedShareMax: 0.001 }) });
  await expect(owner.trpc.policies.archive.mutate({ id })).rejects.toThrow(`rollout ${number} is bringing v1 of it to collectors`);
  const paused = await waitFor("the pause", async () => {
    const found = await rolloutOf(number);
    return found.pausedAtMs !== null && found;
  });
  expect(paused).toMatchObject({
    phase: "baking",
    reason: { kind: "gateWithoutData", gates: ["refused"] },
    may: { promote: null, approve: expect.any(String) },
  });
  // Asked of the other replica, and by a person: what was paused goes back.
  await other.rollouts.abort.mutate({ number, message: "no traffic" });
  await isBack(group, number);
});

it("holds all changes up when an admin says so, and opens no stage in a freeze", async () => {
  const group = await fleet();
  const { number } = await start(group, plan(60));
  await waitFor("the canary", async () => (await rolloutOf(number)).phase === "baking");
  await owner.trpc.rollouts.stopAll.mutate({ reason: "incident 12" });
  expect(await rolloutOf(number)).toMatchObject({ reason: { kind: "person", message: "incident 12" }, heldBy: expect.stringContaining("incident 12") });
  await expect(owner.trpc.rollouts.resume.mutate({ number })).rejects.toThrow("incident 12");
  const second = await fleet({}, owner.trpc).catch((error: Error) => error.message);
  expect(second).toContain("has stopped all changes: incident 12");
  expect(await owner.trpc.rollouts.release.mutate()).toMatchObject({ stopped: null });
  await owner.trpc.rollouts.resume.mutate({ number });
  const nowMs = Date.now();
  const window = { kind: "dated" as const, name: "peak sales", fromMs: nowMs - 1_000, toMs: nowMs + 3_600_000 };
  expect(await owner.trpc.rollouts.setFreezeWindows.mutate({ windows: [window] })).toMatchObject({ freeze: { name: "peak sales" } });
  await expect(owner.trpc.rollouts.promote.mutate({ number })).rejects.toThrow("peak sales");
  await owner.trpc.rollouts.setFreezeWindows.mutate({ windows: [] });
  await owner.trpc.rollouts.promote.mutate({ number });
  await waitFor("the second stage", async () => (await rolloutOf(number)).changed === 2);
  await owner.trpc.rollouts.abort.mutate({ number });
  await isBack(group, number);
});

it("goes on where it was when the control plane is killed and Postgres with it, and takes no step twice", async () => {
  const env = { HEADGATE_SECRET: SECRET };
  let alone = await startServerProcess({ env });
  const { dataDir } = alone;
  try {
    const { cookie, trpc } = await createOwner(alone);
    const enrolment = readFileSync(join(dataDir, "local-enrolment-token"), "utf8").trim();
    const group = await fleet(
      {},
      trpc,
      () => [alone],
      () => enrolment,
    );
    const { groupId, policyId } = group;
    const { number } = await trpc.rollouts.start.mutate({ kind: "policy", id: policyId, version: 2, groupId, plan: plan(2, { awayForSeconds: 20 }) });
    await waitFor("the canary", async () => (await rolloutOf(number, trpc)).stages[0].state === "baking");
    process.kill(alone.postgresPid(), "SIGKILL");
    await waitFor("it to go on after Postgres came back", async () => (await rolloutOf(number, trpc).catch(() => null))?.stages[1].state === "baking", {
      timeoutMs: 40_000,
    });
    alone.process.kill("SIGKILL");
    alone = await startServerProcess({ dataDir, env });
    for (const collector of group.collectors) collector.connect(alone.fleet);
    const again = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${alone.http}/trpc`, headers: { cookie, origin: alone.http } })] });
    const done = await reaches(number, "completed", again);
    expect(kinds(done.log)).toEqual(WHOLE);
    for (const { sent } of group.collectors) expect(sent.filter((revision) => revision === done.toRevision).length).toBeGreaterThanOrEqual(1);
  } finally {
    await alone.remove();
  }
}, 240_000);
