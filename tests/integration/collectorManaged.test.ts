import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TIER_NAMES_MAX } from "#collector/self/ledger.ts";
import { type CollectorConfig, parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson, configHash } from "#domain/fleet/configHash.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { type FakeFleet, startFakeFleet, TOKEN } from "../fixtures/fakeFleet.ts";
import { connectGrpc } from "../fixtures/grpcCall.ts";
import { type CollectorRun, spawnCollector, startCollector } from "../fixtures/managedCollector.ts";
import { unaccounted } from "../fixtures/metrics.ts";
import { type OtlpSink, startOtlpSink } from "../fixtures/otlpSink.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const APPLYING = 1;
const APPLIED = 2;
const FAILED = 3;
const traffic = createTraffic({ seed: 13, now: Date.now });

let folder: string;
let fleet: FakeFleet;
const closing: (() => unknown)[] = [];
beforeEach(async () => {
  folder = temporaryFolder();
  fleet = await startFakeFleet();
  closing.push(() => fleet.stop());
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function sinkFor(): Promise<OtlpSink> {
  const sink = await startOtlpSink();
  closing.push(() => sink.close());
  return sink;
}

async function managed(env: Record<string, string> = {}, config?: unknown): Promise<CollectorRun> {
  const collector = await startCollector(folder, {
    config,
    env: { HEADGATE_FLEET_URL: fleet.url, HEADGATE_ENROLMENT_TOKEN: TOKEN, HEADGATE_NAME: "gate-1", HEADGATE_LABELS: "env=test", ...env },
  });
  closing.push(() => collector.process.stop());
  return collector;
}

const keep = (ratio: number) => ({ kind: "ratio", ratio });
const always = { kind: "always" };
const defaultTier = (ratio: number, name = "default") => ({ name, condition: always, keep: keep(ratio) });

function parsed(input: unknown): CollectorConfig {
  const result = parseCollectorConfig(input);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

/** What a control plane sends for `input`, and its hash. */
function revisionOf(revision: number, input: unknown) {
  const config = parsed(input);
  return { revision, hash: configHash(config), body: canonicalJson(config) };
}

const reportOf = (revision: number, state: number, from = 0) =>
  fleet.next(
    `report ${state} of revision ${revision}`,
    ({ configReport }) => configReport?.revision === revision && configReport.state === state && configReport,
    from,
  );

async function send(collector: CollectorRun, spans: number): Promise<void> {
  const grpc = connectGrpc(collector.otlpGrpc);
  expect(await grpc.call(traffic.nextRequest(spans))).toMatchObject({ grpcStatus: 0 });
  grpc.close();
}

describe("a managed collector", () => {
  it("enrols once, says hello, and comes back with the credential it was given", async () => {
    const collector = await managed();
    const hello = await fleet.next("hello", ({ hello: given }) => given);
    expect(hello).toMatchObject({
      name: "gate-1",
      labels: { env: "test" },
      otlpGrpcEndpoint: `http://127.0.0.1:${collector.otlpGrpc}`,
      runningHash: configHash(parsed({})),
    });
    expect(fleet.enrolments).toHaveLength(1);
    await collector.process.stop();
    const from = fleet.received.length;
    await managed();
    const again = await fleet.next("hello", ({ hello: given }) => given, from);
    expect(again.instanceUid).toBe(hello.instanceUid);
    expect(fleet.enrolments).toHaveLength(1);
  });

  it("adds routes, gives them other tiers and takes them away while spans flow, and loses none: what was held for one that is gone goes to the archive", async () => {
    const sink = await sinkFor();
    const collector = await managed();
    await fleet.next("hello", ({ hello }) => hello);
    const pipeline = { batch: { timeoutMs: 20 }, retry: { initialMs: 10, maxMs: 50 }, breaker: { openForMs: 200 }, queue: { spansMax: 500 } };
    const tiers = [{ name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) }, defaultTier(1)];
    const route = (...names: string[]) => [{ name: "elsewhere", tiers: names, export: { endpoint: sink.grpcUrl } }];
    fleet.send({ config: revisionOf(1, { sampling: { tiers }, pipeline, routes: route("default") }) });
    await reportOf(1, APPLIED);
    await send(collector, 400);
    await waitFor("the first to arrive", async () => (await collector.ledger()).queued === 0);
    expect(sink.spans).toBeGreaterThan(300);
    expect(sink.spans).toBeLessThan(400);
    sink.mode = { kind: "unavailable" };
    fleet.send({ config: revisionOf(2, { sampling: { tiers }, pipeline, routes: route("default", "errors") }) });
    await reportOf(2, APPLIED);
    // More than memory holds, so that some of it is in the log alone.
    for (let i = 0; i < 10; i++) await send(collector, 200);
    expect((await collector.ledger()).queued).toBe(2000);
    fleet.send({ config: revisionOf(3, { sampling: { tiers }, pipeline }) });
    await reportOf(3, APPLIED);
    await send(collector, 100);
    await waitFor("everything archived", async () => (await collector.ledger()).queued === 0);
    expect(await collector.ledger()).toMatchObject({ received: 2500, delivered: 2500, dropped: 0 });
    expect(sink.spans).toBeLessThan(400);
  });

  it("turns the log of what waits on and off while traces wait, delivers each once, and leaves no log behind", async () => {
    const sink = await sinkFor();
    const collector = await managed();
    await fleet.next("hello", ({ hello }) => hello);
    const sampling = { scope: "trace", decisionWaitMs: 1500, decisionWaitAfterRootMs: 1500, tiers: [defaultTier(1)] };
    const withWaiting = (waiting: boolean) => ({ sampling, pipeline: { batch: { timeoutMs: 20 }, wal: { waiting } }, export: { endpoint: sink.grpcUrl } });
    fleet.send({ config: revisionOf(1, withWaiting(true)) });
    await reportOf(1, APPLIED);
    await send(collector, 300);
    expect(readdirSync(join(folder, "data"))).toContain("wal-waiting");
    fleet.send({ config: revisionOf(2, withWaiting(false)) });
    await reportOf(2, APPLIED);
    await send(collector, 200);
    await waitFor("everything delivered", async () => (await collector.ledger()).delivered === 500);
    await waitFor("the log gone", () => !readdirSync(join(folder, "data")).includes("wal-waiting"));
    fleet.send({ config: revisionOf(3, withWaiting(true)) });
    await reportOf(3, APPLIED);
    await send(collector, 100);
    await waitFor("the rest delivered", async () => (await collector.ledger()).delivered === 600);
    expect(await collector.ledger()).toMatchObject({ received: 600, dropped: 0 });
    expect(sink.spans).toBe(600);
  });

  it("applies a configuration while spans flow, reports it, and loses none; what is queued goes to the new destination", async () => {
    const [first, second] = [await sinkFor(), await sinkFor()];
    const collector = await managed();
    await fleet.next("hello", ({ hello }) => hello);
    const fast = { batch: { timeoutMs: 20 }, retry: { initialMs: 10, maxMs: 50 } };
    fleet.send({ config: revisionOf(1, { pipeline: fast, export: { endpoint: first.grpcUrl } }) });
    const applied = await reportOf(1, APPLIED);
    expect(applied.effectiveConfig).toContain(first.grpcUrl);
    await reportOf(1, APPLYING);
    await send(collector, 500);
    await first.reached(500);
    first.mode = { kind: "unavailable" };
    await send(collector, 400);
    await waitFor("a failed try", () => first.tries > 2);
    fleet.send({ config: revisionOf(2, { pipeline: fast, export: { protocol: "http", endpoint: second.httpUrl, headers: { "x-key": "secret-value" } } }) });
    const report = await reportOf(2, APPLIED);
    expect(report.effectiveConfig).toContain("x-key");
    expect(report.effectiveConfig).not.toContain("secret-value");
    await second.reached(400);
    await waitFor("an empty queue", async () => (await collector.ledger()).queued === 0);
    expect(await collector.ledger()).toMatchObject({ received: 900, delivered: 900, dropped: 0 });
    expect((await collector.metrics()).get(`headgate_config_info{revision="2",hash="${report.hash}"}`)).toBe(1);
  });

  it("refuses a bad configuration with path and reason, and goes on under the running one", async () => {
    const collector = await managed();
    await fleet.next("hello", ({ hello }) => hello);
    const good = revisionOf(1, { export: { kind: "discard" } });
    fleet.send({ config: good });
    await reportOf(1, APPLIED);
    const bad = { sampling: { tiers: [defaultTier(50)] }, export: { kind: "discard" } };
    fleet.send({ config: { revision: 2, hash: "h", body: JSON.stringify(bad) } });
    expect(await reportOf(2, FAILED)).toMatchObject({
      failingPath: "sampling.tiers[0].keep.ratio",
      reason: "must be between 0 and 1, got 50",
      logLines: [expect.stringContaining("refused")],
    });
    fleet.send({ config: { revision: 3, hash: "h", body: "{" } });
    expect((await reportOf(3, FAILED)).reason).toContain("not valid JSON");
    expect((await collector.metrics()).get(`headgate_config_info{revision="1",hash="${good.hash}"}`)).toBe(1);
    await send(collector, 10);
    expect(await collector.ledger()).toMatchObject({ received: 10 });
  });

  it("does not apply again what runs already, but says that it runs", async () => {
    await managed();
    await fleet.next("hello", ({ hello }) => hello);
    const config = { export: { kind: "discard" } };
    fleet.send({ config: revisionOf(1, config) });
    await reportOf(1, APPLIED);
    fleet.send({ config: revisionOf(7, config) });
    expect((await reportOf(7, APPLIED)).hash).toBe(revisionOf(1, config).hash);
  });

  it("starts from the last good configuration without a control plane, also when a file is given", async () => {
    const sink = await sinkFor();
    const collector = await managed();
    await fleet.next("hello", ({ hello }) => hello);
    const revision = revisionOf(4, {
      sampling: { tiers: [defaultTier(1, "last good")] },
      pipeline: { batch: { timeoutMs: 20 } },
      export: { endpoint: sink.grpcUrl },
    });
    fleet.send({ config: revision });
    await reportOf(4, APPLIED);
    await collector.process.stop();
    fleet.stop();
    const alone = await managed({}, { export: { kind: "discard" } });
    await send(alone, 100);
    await sink.reached(100);
    expect((await alone.metrics()).get(`headgate_config_info{revision="4",hash="${revision.hash}"}`)).toBe(1);
    expect((await alone.metrics()).get('headgate_spans_kept_total{tier="last good"}')).toBe(100);
  });

  it("starts from the defaults when the last good configuration on disk is broken, and says so", async () => {
    const collector = await managed();
    await fleet.next("hello", ({ hello }) => hello);
    fleet.send({ config: revisionOf(1, { export: { kind: "discard" } }) });
    await reportOf(1, APPLIED);
    await collector.process.stop();
    const file = join(folder, "data", "last-good-config.json");
    writeFileSync(file, readFileSync(file, "utf8").slice(0, 20));
    const again = await managed();
    expect(again.process.output()).toContain("the last good configuration on disk can't be read");
    expect((await again.metrics()).has(`headgate_config_info{revision="0",hash="${configHash(parsed({}))}"}`)).toBe(true);
  });

  it("takes the file when it is not managed, whatever lies on disk", async () => {
    const collector = await managed();
    await fleet.next("hello", ({ hello }) => hello);
    fleet.send({ config: revisionOf(1, { export: { kind: "discard" } }) });
    await reportOf(1, APPLIED);
    await collector.process.stop();
    const config = { sampling: { tiers: [defaultTier(0.5, "from file")] }, export: { kind: "discard" } };
    const alone = await startCollector(folder, { config });
    closing.push(() => alone.process.stop());
    expect((await alone.metrics()).has(`headgate_config_info{revision="0",hash="${configHash(parsed(config))}"}`)).toBe(true);
  });

  it("goes on forwarding with a wrong token, and says clearly what to do, once per try", async () => {
    const sink = await sinkFor();
    const collector = await managed({ HEADGATE_ENROLMENT_TOKEN: "wrong" }, { pipeline: { batch: { timeoutMs: 20 } }, export: { endpoint: sink.grpcUrl } });
    await waitFor("two tries", () => fleet.enrolments.length >= 2);
    await send(collector, 50);
    await sink.reached(50);
    const lines = collector.process
      .output()
      .split("\n")
      .filter((line) => line.includes("enrolment failed"));
    expect(lines.length).toBeGreaterThanOrEqual(1);
    expect(lines.length).toBeLessThanOrEqual(fleet.enrolments.length);
    expect(lines[0]).toContain("refused the token or credential");
  });

  it("goes on forwarding when its credential is revoked, and is back once it is taken again", async () => {
    const collector = await managed();
    await fleet.next("hello", ({ hello }) => hello);
    fleet.accepts = false;
    fleet.send({ goodbye: { reconnectAfterMs: 10, reason: "revoked" } });
    await waitFor("a refused try", () => collector.process.output().includes("refused the token or credential"));
    await send(collector, 20);
    expect((await collector.ledger()).received).toBe(20);
    const from = fleet.received.length;
    fleet.accepts = true;
    await fleet.next("hello", ({ hello }) => hello, from);
    expect(fleet.enrolments).toHaveLength(1);
  });

  it("comes back to a control plane that restarted, and tells it what it measured meanwhile", async () => {
    const collector = await managed();
    await fleet.next("hello", ({ hello }) => hello);
    fleet.send({ watch: { intervalMs: 1000 } });
    const batch = await fleet.next("measurements", ({ measurements }) => (measurements?.items?.length ? measurements : undefined));
    fleet.stop();
    await send(collector, 30);
    const known = batch.items?.at(-1)?.atMs ?? 0;
    fleet = await startFakeFleet({ port: fleet.port, greet: [{ watch: { intervalMs: 1000 } }] });
    closing.push(() => fleet.stop());
    const later = await fleet.next("later measurements", ({ measurements }) => measurements?.items?.find((item) => (item.received ?? 0) === 30), 0);
    expect(later.atMs).toBeGreaterThan(known);
    const all = fleet.received.flatMap(({ measurements }) => measurements?.items ?? []);
    for (const { received, sampledOut, queued, delivered, dropped } of all)
      expect((received ?? 0) - (sampledOut ?? 0) - (queued ?? 0) - (delivered ?? 0) - (dropped ?? 0)).toBe(0);
    expect(all.every(({ atMs }) => (atMs ?? 1) % 1000 === 0)).toBe(true);
    expect(new Set(all.map(({ atMs }) => atMs)).size).toBe(all.length);
  });

  it("checks a destination on command and says what happened", async () => {
    const sink = await sinkFor();
    await managed();
    await fleet.next("hello", ({ hello }) => hello);
    const check = async (id: string, settings: unknown) => {
      fleet.send({ command: { commandId: id, checkExport: { export: JSON.stringify(settings) } } });
      return fleet.next(`result of ${id}`, ({ commandResult }) => commandResult?.commandId === id && commandResult);
    };
    expect(await check("grpc", { endpoint: sink.grpcUrl })).toMatchObject({ ok: true });
    expect(await check("http", { protocol: "http", endpoint: sink.httpUrl })).toMatchObject({ ok: true });
    expect(await check("archive", { kind: "archive" })).toMatchObject({ ok: true });
    expect(await check("nobody", { endpoint: "http://127.0.0.1:1" })).toMatchObject({ message: expect.stringContaining("ECONNREFUSED") });
    expect(await check("bad", { endpoint: "nonsense" })).toMatchObject({ message: expect.stringContaining("export.endpoint: must be a URL") });
    sink.mode = { kind: "permanent" };
    expect(await check("refused", { endpoint: sink.grpcUrl })).toMatchObject({ message: expect.stringContaining("refused an empty request") });
    expect(sink.spans).toBe(0);
  });

  it("counts tier names beyond its bound as one, and the ledger balances", async () => {
    const collector = await managed();
    await fleet.next("hello", ({ hello }) => hello);
    const perRevision = 60;
    const revisions = Math.ceil((TIER_NAMES_MAX + 40) / perRevision);
    for (let revision = 1; revision <= revisions; revision++) {
      const tiers = Array.from({ length: perRevision }, (_, i) => ({
        name: `tier ${revision}-${i}`,
        condition: { kind: "service", match: "exact", values: [`s${i}`] },
        keep: keep(1),
      }));
      fleet.send({ config: revisionOf(revision, { sampling: { tiers: [...tiers, defaultTier(0.5, `default ${revision}`)] }, export: { kind: "discard" } }) });
      await reportOf(revision, APPLIED);
      await send(collector, 50);
    }
    const metrics = await collector.metrics();
    const names = [...metrics.keys()].filter((name) => name.startsWith("headgate_spans_kept_total{"));
    expect(names).toHaveLength(TIER_NAMES_MAX + 1);
    expect(
      (metrics.get('headgate_spans_kept_total{tier="(other)"}') ?? 0) + (metrics.get('headgate_spans_sampled_out_total{tier="(other)"}') ?? 0),
    ).toBeGreaterThan(0);
    expect(unaccounted(await collector.ledger())).toBe(0);
    expect((await collector.ledger()).received).toBe(revisions * 50);
  });
});

describe("a collector that was never enrolled", () => {
  it("starts and works when the control plane is away and no token is set", async () => {
    fleet.stop();
    const running = spawnCollector(folder, { env: { HEADGATE_FLEET_URL: fleet.url } });
    closing.push(() => running.stop());
    await running.ready;
    await waitFor("a clear line", () => running.output().includes("HEADGATE_ENROLMENT_TOKEN"));
  });
});
