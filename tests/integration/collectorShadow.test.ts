import { rmSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import type { ComparisonCounts } from "#domain/sampling/compare/comparisonCounts.ts";
import { type ShadowReport, shadowReportSchema } from "#domain/sampling/compare/shadowReport.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { startCountingSink } from "../fixtures/countingSink.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { type FakeFleet, startFakeFleet, TOKEN } from "../fixtures/fakeFleet.ts";
import { connectGrpc } from "../fixtures/grpcCall.ts";
import { startCollector } from "../fixtures/managedCollector.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
const errors = { name: "errors", condition: { kind: "status" as const, is: "error" as const }, keep: keep(1) };
const rest = (ratio: number) => ({ name: "default", condition: { kind: "always" as const }, keep: keep(ratio) });
const LIVE = [errors, rest(0.3)];
const CANDIDATE = [{ name: "slow", condition: { kind: "latency" as const, aboveMs: 100 }, keep: keep(1) }, rest(0.1)];
const waits = { decisionWaitMs: 1000, decisionWaitAfterRootMs: 1000 };
const REQUESTS = 40;
const SPANS = 200;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A collector that delivers to a sink of its own. */
async function collectorWith(sampling: object, process: object, env: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const sink = await startCountingSink();
  const config = { sampling, pipeline: { batch: { timeoutMs: 100 } }, export: { kind: "otlp", endpoint: `http://127.0.0.1:${sink.grpcPort}` }, ...process };
  const collector = await startCollector(folder, { config, env });
  const grpc = connectGrpc(collector.otlpGrpc);
  closing.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => sink.stop(),
    () => collector.process.stop(),
    () => grpc.close(),
  );
  return { collector, sink, send: async (request: Buffer) => expect(await grpc.call(request)).toMatchObject({ grpcStatus: 0 }) };
}

const reportAfter = (fleet: FakeFleet, shadowId: string, is: (report: ShadowReport) => boolean) =>
  fleet.next(`a report of ${shadowId}`, ({ shadowReport }) => {
    if (shadowReport?.shadowId !== shadowId) return undefined;
    const report = shadowReportSchema.parse(JSON.parse(shadowReport.report ?? ""));
    return is(report) && report;
  });

const keptByLive = ({ both, liveOnly }: ComparisonCounts["total"]) => both.spans + liveOnly.spans;
const keptByCandidate = ({ both, candidateOnly }: ComparisonCounts["total"]) => both.spans + candidateOnly.spans;

it.each([
  ["span scope", { scope: "span" }, 1],
  ["trace scope", { scope: "trace", ...waits }, 1],
  ["trace scope in two threads", { scope: "trace", ...waits }, 2],
])("counts beside the running policy just what a collector with the candidate keeps, span by span: %s", async (_name, scope, workers) => {
  const fleet = await startFakeFleet();
  closing.push(() => fleet.stop());
  const env = { HEADGATE_FLEET_URL: fleet.url, HEADGATE_ENROLMENT_TOKEN: TOKEN };
  const threads = workers === 1 ? {} : { workers };
  const live = await collectorWith({ ...scope, tiers: LIVE }, threads, env);
  const other = await collectorWith({ ...scope, tiers: CANDIDATE }, {});
  const hello = await fleet.next("the greeting", (message) => message.hello);
  expect(hello.capabilities).toContain("shadow");
  const policy = { ...scope, tiers: CANDIDATE } as SamplingPolicy;
  fleet.send({ shadow: { shadowId: "s1", policy: JSON.stringify(policy), minutes: 5 } });
  await reportAfter(fleet, "s1", ({ state }) => state === "running");

  const traffic = createTraffic({ seed: 11, now: Date.now });
  let sent = 0;
  for (let request = 0; request < REQUESTS; request++) {
    const bytes = traffic.nextRequest(SPANS);
    await live.send(bytes);
    await other.send(bytes);
    sent += SPANS;
  }
  for (const { collector } of [live, other]) {
    await waitFor("everything to be delivered", async () => {
      const { received, waiting, queued } = await collector.ledger();
      return received === sent && waiting === 0 && queued === 0;
    });
  }
  const { counts, newlyDropped, newlyKept } = await reportAfter(fleet, "s1", (report) => report.counts.seen.spans === sent);
  expect(counts.compared.spans).toBe(sent);
  expect(keptByLive(counts.total)).toBe(live.sink.total());
  expect(keptByCandidate(counts.total)).toBe(other.sink.total());
  const [ofLive, ofCandidate] = [live.sink.spans, other.sink.spans].map((spans) => new Set(spans.keys()));
  const both = [...ofLive].filter((spanId) => ofCandidate.has(spanId)).length;
  expect(counts.total.both.spans).toBe(both);
  expect(counts.total.liveOnly.spans).toBe(ofLive.size - both);
  expect(counts.total.candidateOnly.spans).toBe(ofCandidate.size - both);
  expect(newlyDropped.length).toBeGreaterThan(0);
  expect(newlyKept.length).toBeGreaterThan(0);

  fleet.send({ shadow: { shadowId: "s1", policy: "", minutes: 0 } });
  await reportAfter(fleet, "s1", ({ state }) => state === "stopped");
});

it("says what is wrong with a policy that it can't try, and goes on with the one that it tries", async () => {
  const fleet = await startFakeFleet();
  closing.push(() => fleet.stop());
  await collectorWith({ scope: "span", tiers: LIVE }, {}, { HEADGATE_FLEET_URL: fleet.url, HEADGATE_ENROLMENT_TOKEN: TOKEN });
  await fleet.next("the greeting", (message) => message.hello);
  fleet.send({ shadow: { shadowId: "good", policy: JSON.stringify({ scope: "span", tiers: CANDIDATE }), minutes: 5 } });
  await reportAfter(fleet, "good", ({ state }) => state === "running");
  fleet.send({ shadow: { shadowId: "bad", policy: '{"scope":"span","tiers":[]}', minutes: 5 } });
  const problem = await fleet.next("the problem", ({ shadowReport }) => shadowReport?.shadowId === "bad" && shadowReport.report);
  expect(problem).toContain("tiers: must have at least the default tier");
  const from = fleet.received.length;
  await fleet.next("another report of the good one", ({ shadowReport }) => shadowReport?.shadowId === "good", from);
});
