import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { evenCounts } from "#domain/sampling/compare/comparisonTestData.ts";
import type { ShadowReport } from "#domain/sampling/compare/shadowReport.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ConnectedCollector, enrol, type ServerProcess, startServerProcess, type TestCollector } from "./serverProcess.ts";

const CAN = { capabilities: ["config", "measurements", "shadow"] };
const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});
let postgres: EmbeddedPostgres;
let replicas: ServerProcess[];
let owner: Api;
let second: ReturnType<typeof createTRPCClient<AppRouter>>;
let collectors: TestCollector[];
let streams: ConnectedCollector[];

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  const env = { DATABASE_URL: postgres.url, HEADGATE_SECRET: "the secret that both replicas of the test share" };
  replicas = await Promise.all([startServerProcess({ env }), startServerProcess({ env })]);
  owner = await createOwner(replicas[0]).catch(() => createOwner(replicas[1]));
  const { http } = replicas[1];
  second = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${http}/trpc`, headers: { cookie: owner.cookie, origin: http } })] });
  const token = readFileSync(join(replicas[0].dataDir, "local-enrolment-token"), "utf8").trim();
  collectors = await Promise.all([
    enrol(replicas[0].fleet, token, { name: "here" }),
    enrol(replicas[1].fleet, token, { name: "there" }),
    enrol(replicas[1].fleet, token, { name: "old" }),
  ]);
  streams = collectors.map((collector, index) => collector.connect(index === 2 ? {} : CAN));
  for (const stream of streams) await stream.next("the welcome", (message) => message.welcome);
  await waitFor("all to be known", async () => (await owner.trpc.fleet.list.query()).filter(({ state }) => state === "online").length === 3);
});
afterAll(async () => {
  for (const collector of collectors) collector.close();
  await Promise.all(replicas.map((replica) => replica.remove()));
  await postgres.stop(5_000);
});

function reportOf(more: Partial<ShadowReport> = {}): string {
  const report: ShadowReport = {
    ...{ state: "running", reason: "", countingSinceMs: 1, windowMs: 16_000, restarts: 0, share: 1, cpuMs: 10, threadCpuMs: 1000 },
    live: { revision: 1, hasBudget: false, scope: "span", decisionWaitMs: 0, decisionWaitAfterRootMs: 0 },
    counts: evenCounts({ spans: 1000, live: 1, candidate: 0.25 }),
    newlyDropped: [],
    newlyKept: [],
    ...more,
  };
  return JSON.stringify(report);
}

const started = (stream: ConnectedCollector, id: string) =>
  stream.next(`${id} to begin`, ({ shadow }) => (shadow?.shadowId === id && shadow.policy ? shadow : undefined));
const stopped = (stream: ConnectedCollector, id: string) => stream.next(`${id} to end`, ({ shadow }) => shadow?.shadowId === id && !shadow.policy);
const ofDefaultGroup = { kind: "group" as const, groupId: "default" };

it("tries a policy on the collectors of a group wherever they are connected, and adds up what they count for every replica", async () => {
  const { id } = await owner.trpc.compare.start.mutate({
    candidate: { kind: "body", title: "my draft", body: policy(0.25) },
    where: ofDefaultGroup,
    over: { kind: "live", minutes: 5 },
  });
  for (const stream of streams.slice(0, 2)) {
    const { policy: text, minutes } = await started(stream, id);
    expect(JSON.parse(text ?? "")).toEqual(policy(0.25));
    expect(minutes).toBeGreaterThan(4);
    stream.send({ shadowReport: { shadowId: id, report: reportOf() } });
  }
  for (const trpc of [owner.trpc, second]) {
    const view = await waitFor("both reports", async () => {
      const found = await trpc.compare.get.query({ id });
      return found.summary.collectors === 2 && found.collectors.some(({ state }) => state === "problem") && found;
    });
    expect(view).toMatchObject({ title: "my draft", state: "running", liveRevisions: [1], cpuMs: 20, threadCpuMs: 2000, policyId: null });
    expect(view.summary).toMatchObject({ seenSpansPerS: 2000, seenIsExact: true, estimatedBecause: ["month", "short"] });
    expect(view.summary.figures?.keptShare.candidate.expected).toBeCloseTo(0.25);
    expect(view.forecast?.keptShare.expected).toBeCloseTo(0.25);
    expect(Object.fromEntries(view.collectors.map(({ name, state, problem }) => [name, [state, problem]]))).toEqual({
      here: ["running", null],
      there: ["running", null],
      old: ["problem", "it is of a version that can't try policies; update it"],
    });
  }
  expect(streams[2].received.some(({ shadow }) => shadow)).toBe(false);

  // One at a time in each collector; and after a new connection it goes on under the same id.
  const again = owner.trpc.compare.start.mutate({
    candidate: { kind: "body", title: "another", body: policy(1) },
    where: ofDefaultGroup,
    over: { kind: "live", minutes: 1 },
  });
  await expect(again).rejects.toMatchObject({ message: expect.stringContaining("is trying my draft at this moment"), data: { appCode: "CONFLICT" } });
  streams[1].cancel();
  streams[1] = collectors[1].connect(CAN);
  await started(streams[1], id);

  await second.compare.stop.mutate({ id });
  for (const stream of streams.slice(0, 2)) await stopped(stream, id);
  expect(await owner.trpc.compare.get.query({ id })).toMatchObject({ state: "stopped" });
  expect(await owner.trpc.compare.list.query()).toMatchObject([{ id, state: "stopped", collectors: 3 }]);
  const { events } = await owner.trpc.audit.list.query({ limit: 10 });
  expect(events.map(({ action }) => action).filter((action) => action.startsWith("shadow."))).toEqual(["shadow.stop", "shadow.start"]);
});

it("tells a collector to stop what nobody wants any more, and takes no report of what it was not asked", async () => {
  const [stream] = streams;
  stream.send({ shadowReport: { shadowId: "long gone", report: reportOf() } });
  await stopped(stream, "long gone");
  const { id } = await owner.trpc.compare.start.mutate({
    candidate: { kind: "body", title: "alone", body: policy(0.5) },
    where: { kind: "collectors", collectorIds: [collectors[0].collectorId] },
    over: { kind: "live", minutes: 5 },
  });
  await started(stream, id);
  stream.send({ shadowReport: { shadowId: id, report: '{"state":"running"}' } });
  const view = await waitFor("the report", async () => {
    const found = await owner.trpc.compare.get.query({ id });
    return found.collectors[0].state !== "waiting" && found;
  });
  expect(view.collectors).toHaveLength(1);
  expect(view.collectors[0].problem).toContain("its report can't be understood");
  expect(view.summary.figures).toBeNull();
  await owner.trpc.compare.stop.mutate({ id });
});

it("refuses what can't be tried, with the place and the reason", async () => {
  const start = (input: object) =>
    owner.trpc.compare.start.mutate({
      ...{ candidate: { kind: "body", title: "x", body: policy(1) }, where: ofDefaultGroup, over: { kind: "live", minutes: 5 } },
      ...input,
    } as never);
  await expect(start({ over: { kind: "live", minutes: 61 } })).rejects.toThrow("over.minutes: must be at most 60 minutes");
  await expect(start({ over: { kind: "recording", hours: 169 } })).rejects.toThrow("over.hours: must be at most 168 hours, a week");
  await expect(start({ over: { kind: "memory" } })).rejects.toThrow("over.kind: must be live traffic for some minutes, or the recording of the last hours");
  await expect(start({ candidate: { kind: "body", title: "x", body: { scope: "span", tiers: [] } } })).rejects.toThrow(
    "tiers: must have at least the default tier",
  );
  await expect(start({ candidate: { kind: "version", policyId: "nothing", version: 1 } })).rejects.toThrow("there is no version 1 of that sampling policy");
  await expect(start({ where: { kind: "group", groupId: "nothing" } })).rejects.toThrow("there is no such group");
  await expect(start({ where: { kind: "collectors", collectorIds: ["nothing"] } })).rejects.toThrow("there is no collector with the id nothing");
  await expect(owner.trpc.compare.get.query({ id: "nothing" })).rejects.toThrow("there is no such comparison");
});
