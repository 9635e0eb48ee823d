import { rmSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson, configHash } from "#domain/fleet/configHash.ts";
import { KEEP_ALL_TIER } from "#domain/fleet/keepAll.ts";
import { explanationSchema } from "#domain/sampling/explanation.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { type FakeFleet, startFakeFleet, TOKEN } from "../fixtures/fakeFleet.ts";
import { type CollectorRun, startCollector } from "../fixtures/managedCollector.ts";
import { sum, unaccounted } from "../fixtures/metrics.ts";
import { type OtlpSink, startOtlpSink } from "../fixtures/otlpSink.ts";
import { readSpans } from "../fixtures/readSpans.ts";
import { sendSpans } from "../fixtures/sendSpans.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const APPLIED = 2;
const nothing = { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0 } };
const payments = canonicalJson({ kind: "service", match: "exact", values: ["payments"] });

let folder: string;
let fleet: FakeFleet;
let sink: OtlpSink;
let collector: CollectorRun;
beforeEach(async () => {
  folder = temporaryFolder();
  fleet = await startFakeFleet();
  sink = await startOtlpSink();
});
afterEach(async () => {
  await collector.process.stop();
  fleet.stop();
  await sink.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(config?: unknown): Promise<void> {
  const env = { HEADGATE_FLEET_URL: fleet.url, HEADGATE_ENROLMENT_TOKEN: TOKEN, HEADGATE_NAME: "gate-1" };
  const from = fleet.received.length;
  collector = await startCollector(folder, { config, env });
  await fleet.next("hello", ({ hello }) => hello, from);
}

async function apply(sampling: object): Promise<void> {
  const result = parseCollectorConfig({ sampling, pipeline: { batch: { timeoutMs: 20 } }, export: { endpoint: sink.grpcUrl } });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const from = fleet.received.length;
  fleet.send({ config: { revision: 1, hash: configHash(result.value), body: canonicalJson(result.value) } });
  await fleet.next("the report", ({ configReport }) => configReport?.state === APPLIED, from);
}

const services = () => sink.requests.flatMap((request) => readSpans(request)).map((span) => span.resource["service.name"]);
const sampledOut = async () => sum(await collector.metrics(), "headgate_spans_sampled_out_total");

async function keepInFull(id: string, leftMs: number): Promise<void> {
  const from = fleet.received.length;
  fleet.send({ watch: { intervalMs: 1_000 } });
  fleet.send({ keepAll: { entries: [{ id, condition: payments, leftMs }] } });
  await countOf(id, ({ active }) => active === true, from);
}

/** What the collector tells of it, as soon as that is as wanted. */
const countOf = (id: string, fits: (count: { spans?: number | null; active?: boolean | null }) => boolean, from = 0) =>
  fleet.next(
    `what is told of ${id}`,
    ({ measurements }) =>
      (measurements?.items ?? [])
        .flatMap(({ keepAll }) => keepAll ?? [])
        .filter((count) => count.id === id)
        .find(fits),
    from,
  );

it("keeps everything of the service and nothing else, counts it, says so when asked, goes on after kill -9 without a control plane, and ends by itself", async () => {
  await start();
  await apply({ tiers: [nothing] });
  await sendSpans(collector.otlpHttp, 50, { service: "payments" });
  await keepInFull("b1", 60_000);
  await sendSpans(collector.otlpHttp, 40, { service: "payments" });
  await sendSpans(collector.otlpHttp, 30, { service: "shop" });
  await sink.reached(40);
  expect(services()).toEqual(new Array(40).fill("payments"));
  expect(sink.requests.flatMap((request) => readSpans(request)).every(({ traceState }) => traceState === "ot=th:0")).toBe(true);
  await countOf("b1", ({ spans }) => spans === 40);
  expect(unaccounted(await collector.ledger())).toBe(0);

  const { traceId } = readSpans(sink.requests[0])[0];
  fleet.send({ command: { commandId: "e1", explain: { traceId } } });
  const answer = await fleet.next("the explanation", ({ commandResult }) => commandResult?.commandId === "e1" && commandResult);
  const explanation = explanationSchema.parse(JSON.parse(answer.explanation ?? ""));
  expect(explanation).toMatchObject({
    kind: "decided",
    decisions: [{ kept: true, tier: KEEP_ALL_TIER, threshold: "00000000000000", breakGlass: { id: "b1", tier: "default", policyKeeps: false } }],
  });

  collector.process.kill("SIGKILL");
  await collector.process.ended;
  const { port } = fleet;
  fleet.stop();
  const env = { HEADGATE_FLEET_URL: `http://127.0.0.1:${port}`, HEADGATE_ENROLMENT_TOKEN: TOKEN, HEADGATE_NAME: "gate-1" };
  collector = await startCollector(folder, { env });
  await sendSpans(collector.otlpHttp, 20, { service: "payments" });
  await sendSpans(collector.otlpHttp, 10, { service: "shop" });
  await sink.reached(60);
  expect(services().filter((name) => name !== "payments")).toEqual([]);

  fleet = await startFakeFleet({ port, greet: [{ keepAll: { entries: [{ id: "b1", condition: payments, leftMs: 300 }] } }] });
  await fleet.next("hello", ({ hello }) => hello);
  await waitFor("the policy to decide again", async () => {
    await sendSpans(collector.otlpHttp, 1, { service: "payments" });
    return (await sampledOut()) > 10;
  });
  expect(unaccounted(await collector.ledger())).toBe(0);
}, 120_000);

it("keeps whole traces in trace scope with several threads, and an empty list ends it", async () => {
  await start({ workers: 2 });
  await apply({ scope: "trace", decisionWaitMs: 500, decisionWaitAfterRootMs: 100, tiers: [nothing] });
  await keepInFull("b2", 60_000);
  for (let i = 0; i < 4; i++) await sendSpans(collector.otlpHttp, 25, { service: "payments" });
  await sendSpans(collector.otlpHttp, 25, { service: "shop" });
  await sink.reached(100);
  expect(services()).toEqual(new Array(100).fill("payments"));
  await countOf("b2", ({ spans }) => spans === 100);
  const from = fleet.received.length;
  fleet.send({ keepAll: { entries: [] } });
  await countOf("b2", ({ active }) => active === false, from);
  await sendSpans(collector.otlpHttp, 25, { service: "payments" });
  await waitFor("those to be sampled out", async () => (await sampledOut()) === 50);
  expect(sink.spans).toBe(100);
  expect(unaccounted(await collector.ledger())).toBe(0);
}, 120_000);
