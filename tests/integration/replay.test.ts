import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { evenCounts, replayFigures } from "#domain/sampling/compare/comparisonTestData.ts";
import type { ReplayFigures, ShadowReport } from "#domain/sampling/compare/shadowReport.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ConnectedCollector, enrol, type ServerProcess, startServerProcess, type TestCollector } from "./serverProcess.ts";

const CAN = { capabilities: ["config", "measurements", "shadow", "replay"] };
const HOUR_MS = 3_600_000;
const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});
const draft = (title: string, ratio = 0.25) => ({ kind: "body" as const, title, body: policy(ratio) });
const ofDefaultGroup = { kind: "group" as const, groupId: "default" };
const sixHours = { kind: "recording" as const, hours: 6 };
let postgres: EmbeddedPostgres;
let database: pg.Client;
let replicas: ServerProcess[];
let owner: Api;
let second: ReturnType<typeof createTRPCClient<AppRouter>>;
/** Two that can at one replica each, and one that is too old. */
let collectors: TestCollector[];
let streams: ConnectedCollector[];

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  database = new pg.Client(postgres.url);
  await database.connect();
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
  streams = collectors.map((collector, index) => collector.connect(index === 2 ? { capabilities: ["config", "measurements", "shadow"] } : CAN));
  for (const stream of streams) await stream.next("the welcome", (message) => message.welcome);
  await waitFor("all to be known", async () => (await owner.trpc.fleet.list.query()).filter(({ state }) => state === "online").length === 3);
});
afterAll(async () => {
  for (const collector of collectors) collector.close();
  await Promise.all(replicas.map((replica) => replica.remove()));
  await database.end();
  await postgres.stop(5_000);
});

function reportOf(replay: Partial<ReplayFigures>, more: Partial<ShadowReport> = {}): string {
  const report: ShadowReport = {
    ...{ state: "running", reason: "", countingSinceMs: 1, windowMs: 6 * HOUR_MS, restarts: 0, share: 1, cpuMs: 10, threadCpuMs: 10 },
    live: { revision: 1, hasBudget: false, scope: "span", decisionWaitMs: 0, decisionWaitAfterRootMs: 0 },
    counts: evenCounts({ spans: 1000, live: 1, candidate: 0.25 }),
    newlyDropped: [],
    newlyKept: [],
    replay: replayFigures({ untilMs: 6 * HOUR_MS, ...replay }),
    ...more,
  };
  return JSON.stringify(report);
}

const asked = (stream: ConnectedCollector, id: string) =>
  stream.next(`${id} to begin`, ({ replay }) => (replay?.shadowId === id && replay.policy ? replay : undefined));
const stopped = (stream: ConnectedCollector, id: string) => stream.next(`${id} to end`, ({ replay }) => replay?.shadowId === id && !replay.policy);
const timesAsked = (stream: ConnectedCollector, id: string) => stream.received.filter(({ replay }) => replay?.shadowId === id && replay.policy).length;
const report = (stream: ConnectedCollector, shadowId: string, text: string) => stream.send({ shadowReport: { shadowId, report: text } });
const only = (index: number) => ({ kind: "collectors" as const, collectorIds: [collectors[index].collectorId] });
const start = async (title: string, where: ReturnType<typeof only> | typeof ofDefaultGroup = only(0)) =>
  (await owner.trpc.compare.start.mutate({ candidate: draft(title), where, over: sixHours })).id;
type View = Awaited<ReturnType<Api["trpc"]["compare"]["get"]["query"]>>;
const view = (id: string, what: string, is: (view: View) => boolean, trpc: Pick<Api["trpc"], "compare"> = owner.trpc) =>
  waitFor(what, async () => {
    const found = await trpc.compare.get.query({ id });
    return is(found) && found;
  });
const isOver = ({ state }: View) => state !== "running";
const stateOf = ({ collectors: all }: View) => Object.fromEntries(all.map(({ name, state, problem }) => [name, [state, problem]]));

it("reads the recordings of a group wherever its collectors are connected, tells how far it is at every replica, and is over with the last word", async () => {
  const id = await start("my draft", ofDefaultGroup);
  for (const [index, stream] of streams.slice(0, 2).entries()) {
    const { policy: text, backMs } = await asked(stream, id);
    expect(JSON.parse(text ?? "")).toEqual(policy(0.25));
    expect(backMs).toBe(6 * HOUR_MS);
    report(stream, id, reportOf({ progress: index / 2, redacted: ["db.statement"] }));
  }
  for (const trpc of [owner.trpc, second]) {
    const found = await view(
      id,
      "both to tell how far they are",
      ({ summary, collectors: all }) => summary.collectors === 2 && all.some(({ state }) => state === "problem"),
      trpc,
    );
    expect(found).toMatchObject({ kind: "replay", backMs: 6 * HOUR_MS, state: "running", forecast: null });
    expect(found.replay).toMatchObject({
      progress: 0.25,
      isPartial: true,
      read: { spans: 32_000, spansPerS: 1_000_000, redacted: ["db.statement"], isLess: false },
    });
    expect(found.summary).toMatchObject({ seenIsExact: false, estimatedBecause: ["month", "partial", "redacted"] });
    expect(stateOf(found)).toEqual({
      here: ["running", null],
      there: ["running", null],
      old: ["problem", "it is of a version that can't try policies over a recording; update it"],
    });
  }
  expect(streams[2].received.some(({ replay }) => replay)).toBe(false);

  // The last word of one is not that of the other; what comes late from where it was connected before changes nothing of it.
  const gap = { fromMs: HOUR_MS, untilMs: 2 * HOUR_MS, reason: "the disk was full" };
  report(streams[0], id, reportOf({ progress: 1, gaps: [gap] }, { state: "ended" }));
  const half = await view(id, "one to have ended", ({ collectors: all }) => all.some(({ state }) => state === "ended"));
  expect(half).toMatchObject({ state: "running", replay: { progress: 0.75, isPartial: true } });
  report(streams[0], id, reportOf({ progress: 0.1 }));
  report(streams[1], id, reportOf({ progress: 1, fromMs: 5 * HOUR_MS }, { state: "ended" }));
  for (const trpc of [owner.trpc, second]) {
    const found = await view(id, "it to be over", isOver, trpc);
    expect(found.state).toBe("ended");
    expect(found.endsAtMs - found.startedAtMs).toBeLessThan(60_000);
    expect(found.replay).toMatchObject({
      progress: 1,
      isPartial: false,
      read: { isLess: true, shortestMs: HOUR_MS, gaps: [{ ...gap, collectorName: "here" }] },
    });
    expect(found.summary.estimatedBecause).toEqual(["month", "less", "gaps"]);
    expect(found.forecast?.basis).toMatchObject({ kind: "replay", id, seconds: 6 * 3_600, untilMs: 6 * HOUR_MS });
  }
  expect(await second.compare.list.query()).toMatchObject([{ id, kind: "replay", state: "ended", backMs: 6 * HOUR_MS }]);
  // None of them is asked again, nor told to stop what it has finished.
  expect(streams[0].received.filter(({ replay }) => replay)).toHaveLength(1);
  const { events } = await owner.trpc.audit.list.query({ limit: 10 });
  expect(events.find(({ action }) => action === "shadow.start")).toMatchObject({
    sentence: "had All other collectors try my draft beside what runs, over what was recorded in the last 6 h",
  });
});

it("is cancelled: the collectors are told, and what they have read until then stays", async () => {
  const id = await start("to be cancelled");
  await asked(streams[0], id);
  report(streams[0], id, reportOf({ progress: 0.4 }));
  await view(id, "figures", ({ summary }) => summary.figures !== null);
  await second.compare.stop.mutate({ id });
  await stopped(streams[0], id);
  report(streams[0], id, reportOf({ progress: 0.5 }, { state: "stopped" }));
  const found = await view(id, "its last word", ({ collectors: [here] }) => here.state === "stopped");
  expect(found).toMatchObject({ state: "stopped", forecast: null, replay: { progress: 0.5, isPartial: true } });
  expect(found.summary.estimatedBecause).toContain("partial");
  const { events } = await owner.trpc.audit.list.query({ limit: 1 });
  expect(events[0]).toMatchObject({ action: "shadow.stop", sentence: "stopped trying to be cancelled" });
});

it("asks again under the same id after a reconnect, at whichever replica, but not of what has said its last word", async () => {
  const id = await start("goes on", { kind: "collectors", collectorIds: collectors.slice(0, 2).map(({ collectorId }) => collectorId) });
  await asked(streams[0], id);
  await asked(streams[1], id);
  report(streams[0], id, reportOf({ progress: 0.2 }));
  report(streams[1], id, reportOf({ progress: 1 }, { state: "ended" }));
  await view(id, "both to be written down", ({ collectors: [here, there] }) => here.state === "running" && there.state === "ended");
  const moved = collectors[0].at(replicas[1].fleet);
  streams[0].cancel();
  const elsewhere = moved.connect(CAN);
  streams[1].cancel();
  streams[1] = collectors[1].connect(CAN);
  await asked(elsewhere, id);
  await streams[1].next("the watch", ({ watch }) => watch);
  report(elsewhere, id, reportOf({ progress: 1 }, { state: "ended" }));
  expect((await view(id, "it to be over", isOver)).replay).toMatchObject({ progress: 1, isPartial: false });
  expect(timesAsked(elsewhere, id)).toBe(1);
  expect(timesAsked(streams[1], id)).toBe(0);
  moved.close();
  streams[0] = collectors[0].connect(CAN);
  await streams[0].next("the welcome", ({ welcome }) => welcome);
});

it("is over at once where nothing is recorded, with each collector's reason and without a figure", async () => {
  const id = await start("nothing there", ofDefaultGroup);
  await Promise.all(streams.slice(0, 2).map((stream) => asked(stream, id)));
  const reason = "nothing is recorded: turn on the recording in its pipeline settings";
  report(
    streams[0],
    id,
    reportOf({ progress: 0, untilMs: 0, spans: 0 }, { state: "refused", reason, counts: evenCounts({ spans: 0, live: 0, candidate: 0 }) }),
  );
  // What was counted on live traffic does not pass for a recording.
  report(streams[1], id, reportOf({}, { replay: undefined }));
  const found = await view(id, "it to be over", isOver);
  expect(found).toMatchObject({ state: "ended", forecast: null, replay: { progress: 0, isPartial: false, read: null }, summary: { figures: null } });
  expect(stateOf(found)).toMatchObject({ here: ["refused", reason], there: ["problem", expect.stringContaining("it tells of live traffic")] });
});

it("tells a collector once to stop what nobody waits for any more, and takes no report of it", async () => {
  report(streams[0], "long gone", reportOf({ progress: 0.5 }));
  await stopped(streams[0], "long gone");
  report(streams[0], "long gone", reportOf({ progress: 0.5 }, { state: "stopped" }));
  // What is sent after it comes after it.
  const id = await start("after that");
  await asked(streams[0], id);
  report(streams[0], id, reportOf({}, { state: "ended" }));
  await view(id, "it to be over", isOver);
  expect(streams[0].received.filter(({ replay }) => replay?.shadowId === "long gone")).toHaveLength(1);
});

it("does not wait for collectors that are not connected", async () => {
  streams[1].cancel();
  await waitFor("it to be away", async () => (await owner.trpc.fleet.list.query()).some(({ name, state }) => name === "there" && state === "offline"));
  const id = await start("without one", { kind: "collectors", collectorIds: collectors.slice(0, 2).map(({ collectorId }) => collectorId) });
  await asked(streams[0], id);
  await database.query(`UPDATE "Collector" SET "lastSeenAt" = now() - interval '1 minute' WHERE "id" = $1`, [collectors[1].collectorId]);
  report(streams[0], id, reportOf({}, { state: "ended" }));
  const found = await view(id, "it to be over", isOver);
  expect(found).toMatchObject({ state: "ended", replay: { progress: 1, isPartial: false } });
  expect(stateOf(found)).toMatchObject({ here: ["ended", null], there: ["offline", null] });
  streams[1] = collectors[1].connect(CAN);
  await streams[1].next("the welcome", ({ welcome }) => welcome);
});

it("gives a replay up when it takes too long, and says that it had not read all", async () => {
  const id = await start("too slow");
  await asked(streams[0], id);
  report(streams[0], id, reportOf({ progress: 0.9 }));
  await view(id, "figures", ({ summary }) => summary.figures !== null);
  // Its time is nearly up; a change of anything has the replicas read anew when that is.
  await database.query(`UPDATE "Shadow" SET "endsAt" = now() + interval '1 second' WHERE "id" = $1`, [id]);
  await database.query(`SELECT pg_notify('headgate_changes', '{"entity":"shadow","id":null}')`);
  await stopped(streams[0], id);
  expect(await view(id, "it to be over", isOver)).toMatchObject({
    state: "ended",
    forecast: null,
    replay: { progress: 0.9, isPartial: true },
    collectors: [{ state: "unfinished" }],
  });
  report(streams[0], id, reportOf({ progress: 0.95 }, { state: "stopped" }));
  await view(id, "its last word", ({ collectors: [here] }) => here.state === "stopped");
});

it("has one replay in a collector beside one comparison on live traffic, and five of each at the most", async () => {
  const live = await owner.trpc.compare.start.mutate({ candidate: draft("live"), where: ofDefaultGroup, over: { kind: "live", minutes: 5 } });
  const first = await start("first");
  await asked(streams[0], first);
  expect(streams[0].received.some(({ shadow }) => shadow?.shadowId === live.id && shadow.policy)).toBe(true);
  await expect(start("second")).rejects.toMatchObject({
    message: expect.stringContaining("here is trying first over a recording at this moment"),
    data: { appCode: "CONFLICT" },
  });
  const others = Array.from({ length: 4 }, (_, index) => `filler ${index}`);
  await database.query(
    `INSERT INTO "Shadow" ("id", "kind", "backMs", "title", "policy", "collectorIds", "startedBy", "startedAt", "endsAt")
     SELECT "id", 'replay', 1, "id", $1, '{nobody}', 'x', now(), now() + interval '1 minute' FROM unnest($2::text[]) AS "id"`,
    [JSON.stringify(policy(1)), others],
  );
  await database.query(`INSERT INTO "Collector" ("id", "instanceUid", "name", "lastSeenAt") VALUES ('nobody', 'nobody', 'nobody', now())`);
  await expect(start("sixth", only(1))).rejects.toMatchObject({
    message: expect.stringContaining("5 policies are being tried over a recording at this moment"),
    data: { appCode: "TOO_MANY" },
  });
  await database.query(`DELETE FROM "Shadow" WHERE "id" = ANY($1)`, [others]);
  await owner.trpc.compare.stop.mutate({ id: first });
  await owner.trpc.compare.stop.mutate({ id: live.id });
  expect(await owner.trpc.compare.list.query()).toHaveLength(9);
});
