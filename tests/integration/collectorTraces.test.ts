// One piece of over 400 lines: every test has a collector in trace scope between the same source and a sink that counts each span.
import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson, configHash } from "#domain/fleet/configHash.ts";
import { decide, traceRandomness } from "#domain/sampling/decide.ts";
import { explanationSchema } from "#domain/sampling/explanation.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { SpanFacts } from "#domain/sampling/spanFacts.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { run } from "../fixtures/childProcess.ts";
import { startCollectorProcess } from "../fixtures/collectorProcess.ts";
import { type CountingSink, startCountingSink } from "../fixtures/countingSink.ts";
import { cleanEnvironment, temporaryFolder } from "../fixtures/environment.ts";
import { startFakeFleet, TOKEN } from "../fixtures/fakeFleet.ts";
import { connectGrpc } from "../fixtures/grpcCall.ts";
import { spawnCollector, startCollector } from "../fixtures/managedCollector.ts";
import { unaccounted } from "../fixtures/metrics.ts";
import { decodeFacts, intoFragments } from "../fixtures/traceFacts.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
/** Case 4 of the case library. */
const CASE_4: SamplingPolicy["tiers"] = [
  { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
  { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: keep(1) },
  { name: "important APIs", condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] }, keep: keep(0.5) },
  { name: "default", condition: { kind: "always" }, keep: keep(0.01) },
];

let folder: string;
let sink: CountingSink;
const stops: (() => unknown)[] = [];
beforeEach(async () => {
  folder = temporaryFolder();
  sink = await startCountingSink();
  stops.push(() => sink.stop());
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A source of whole numbers that is the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

function configFor(tiers: SamplingPolicy["tiers"], sampling: object = {}, rest: object = {}) {
  return {
    sampling: { scope: "trace", decisionWaitMs: 4000, decisionWaitAfterRootMs: 4000, tiers, ...sampling },
    pipeline: { batch: { timeoutMs: 100 } },
    export: { kind: "otlp", endpoint: `http://127.0.0.1:${sink.grpcPort}` },
    ...rest,
  };
}

function sender(port: number) {
  const grpc = connectGrpc(port);
  stops.push(() => grpc.close());
  return async (request: Buffer) => (await grpc.call(request)).grpcStatus === 0;
}

describe("trace scope, in real processes", () => {
  it("keeps 100, 100, 50 and 1% of the four tiers of case 4, and every kept trace is whole at the sink", async () => {
    const collector = await startCollectorProcess(configFor(CASE_4));
    stops.push(() => collector.stop());
    const send = sender(collector.otlpGrpc);
    const traffic = createTraffic({ seed: 5, now: Date.now });
    const random = seeded(3);
    const traces = new Map<string, { spanId: string; facts: SpanFacts }[]>();
    for (let request = 0; request < 120; request++) {
      const whole = traffic.nextRequest(512);
      for (const span of decodeFacts(whole)) traces.set(span.facts.traceId, [...(traces.get(span.facts.traceId) ?? []), span]);
      for (const fragment of intoFragments(whole, 4, random)) expect(await send(fragment)).toBe(true);
    }
    const ledger = await collector.settled();
    expect(unaccounted(ledger)).toBe(0);
    expect(ledger).toMatchObject({ received: 120 * 512, dropped: 0, refused: 0 });

    const policy: SamplingPolicy = { scope: "span", tiers: CASE_4 };
    const byTier = CASE_4.map(() => ({ traces: 0, kept: 0 }));
    const wanted = new Set<string>();
    for (const spans of traces.values()) {
      const trace = { spans: spans.map(({ facts }) => facts) };
      const decision = decide(trace, policy, traceRandomness(trace));
      byTier[decision.tierIndex].traces++;
      if (!decision.keep) continue;
      byTier[decision.tierIndex].kept++;
      for (const { spanId } of spans) wanted.add(spanId);
    }
    expect([...sink.spans.keys()].filter((spanId) => !wanted.has(spanId))).toEqual([]);
    expect([...wanted].filter((spanId) => !sink.spans.has(spanId))).toEqual([]);
    expect(sink.total()).toBe(ledger.delivered);
    for (const [index, { traces: n, kept }] of byTier.entries()) {
      const p = CASE_4[index].keep.kind === "ratio" ? CASE_4[index].keep.ratio : Number.NaN;
      // Four standard deviations of a binomial count.
      expect(Math.abs(kept - n * p), `${CASE_4[index].name}: ${kept} of ${n}`).toBeLessThanOrEqual(4 * Math.sqrt(n * p * (1 - p)));
      expect(n, CASE_4[index].name).toBeGreaterThan(20);
    }
  });

  it("swaps policies every 200 ms under load and accounts for every span: carried over, decided early, none lost", async () => {
    const fleet = await startFakeFleet();
    stops.push(() => fleet.stop());
    const collector = await startCollector(folder, { env: { HEADGATE_FLEET_URL: fleet.url, HEADGATE_ENROLMENT_TOKEN: TOKEN } });
    stops.push(() => collector.process.stop());
    await fleet.next("hello", ({ hello }) => hello);
    const give = (revision: number, input: unknown) => {
      const parsed = parseCollectorConfig(input);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      fleet.send({ config: { revision, hash: configHash(parsed.value), body: canonicalJson(parsed.value) } });
    };
    const applied = (revision: number) =>
      fleet.next(`revision ${revision}`, ({ configReport }) => configReport?.revision === revision && configReport.state === 2 && configReport);
    give(1, configFor(CASE_4, { decisionWaitMs: 1000, decisionWaitAfterRootMs: 200 }));
    await applied(1);

    const traffic = createTraffic({ seed: 8, now: Date.now });
    const random = seeded(4);
    let sent = 0;
    let running = true;
    const senders = [1, 2].map(async () => {
      const send = sender(collector.otlpGrpc);
      while (running) {
        for (const fragment of intoFragments(traffic.nextRequest(200), 3, random)) {
          const spans = decodeFacts(fragment).length;
          if (await send(fragment)) sent += spans;
        }
        await pause(5);
      }
    });
    const shares = [1, 0.5, 0.2, 0.05];
    let revision = 1;
    const until = performance.now() + 8000;
    while (performance.now() < until) {
      revision++;
      const tiers = CASE_4.map((tier, index) => ({ ...tier, keep: keep(shares[(index + revision) % shares.length]) }));
      const wait = 300 + (revision % 5) * 300;
      give(revision, configFor(revision % 7 === 0 ? tiers.slice(2) : tiers, { decisionWaitMs: wait, decisionWaitAfterRootMs: Math.min(wait, 200) }));
      const before = performance.now();
      expect(unaccounted(await collector.ledger())).toBe(0);
      await pause(Math.max(0, 200 - (performance.now() - before)));
    }
    running = false;
    await Promise.all(senders);
    await applied(revision);
    const reports = fleet.received.flatMap(({ configReport }) => (configReport?.carryOver ? [configReport.carryOver] : []));
    expect(reports.length).toBeGreaterThan(25);
    expect(reports.map((report) => report.spansLost ?? 0).filter((lost) => lost !== 0)).toEqual([]);
    expect(reports.reduce((sum, report) => sum + (report.spansCarriedOver ?? 0), 0)).toBeGreaterThan(1000);
    const ledger = await waitFor("nothing waiting", async () => {
      const now = await collector.ledger();
      return now.waiting === 0 && now.queued === 0 && now;
    });
    expect(unaccounted(ledger)).toBe(0);
    expect(ledger).toMatchObject({ received: sent, dropped: 0 });
    expect(sink.total()).toBe(ledger.delivered);
    expect(sink.spans.size).toBe(ledger.delivered);
  });

  it("decides the oldest traces early in a table that overflows, refuses when the queue is full too, and delivers all that it kept", async () => {
    const pipeline = { batch: { timeoutMs: 50 }, queue: { spansMax: 500 }, retry: { maxMs: 200 }, breaker: { openForMs: 200 }, wal: { enabled: false } };
    const everything = [{ name: "default", condition: { kind: "always" as const }, keep: keep(1) }];
    const collector = await startCollectorProcess(
      configFor(everything, { tracesMax: 1000, decisionWaitMs: 60_000, decisionWaitAfterRootMs: 60_000 }, { pipeline }),
    );
    stops.push(() => collector.stop());
    const send = sender(collector.otlpGrpc);
    const traffic = createTraffic({ seed: 21, now: Date.now });
    let sent = 0;
    for (let request = 0; request < 100; request++) {
      if (await send(traffic.nextRequest(200))) sent += 200;
      expect(unaccounted(await collector.ledger())).toBe(0);
    }
    const early = await collector.ledger();
    expect(early.waiting).toBeGreaterThan(0);
    expect(early.delivered).toBeGreaterThan(0);

    sink.mode = "refuse";
    let refused = 0;
    for (let request = 0; request < 300 && refused < 10; request++) {
      if (await send(traffic.nextRequest(200))) sent += 200;
      else refused++;
      expect(unaccounted(await collector.ledger())).toBe(0);
    }
    expect(refused).toBe(10);
    const blocked = await collector.ledger();
    expect(blocked.queued).toBeLessThanOrEqual(500);
    expect(blocked.dropped).toBe(0);

    sink.mode = "accept";
    await waitFor("a request taken again", async () => {
      if (!(await send(traffic.nextRequest(200)))) return false;
      sent += 200;
      return true;
    });
    await collector.process.stop();
    const stopped = lastLine(collector.process.output());
    expect(stopped).toMatchObject({ received: sent, sampledOut: 0, delivered: sent, dropped: 0, queued: 0, waiting: 0 });
    expect(sink.spans.size).toBe(sent);
  });

  it("decides everything that waits at an ordered stop, and decides alike after the restart", async () => {
    const half = [{ name: "default", condition: { kind: "always" as const }, keep: keep(0.5) }];
    const config = configFor(half, { decisionWaitMs: 60_000, decisionWaitAfterRootMs: 60_000 });
    const first = await startCollectorProcess(config);
    const random = seeded(9);
    const traffic = createTraffic({ seed: 33, now: Date.now });
    const requests = Array.from({ length: 10 }, () => traffic.nextRequest(300));
    const halves = requests.map((request) => intoFragments(request, 2, random));
    const sendFirst = sender(first.otlpGrpc);
    for (const [fragment] of halves) expect(await sendFirst(fragment)).toBe(true);
    const waiting = await first.ledger();
    expect(waiting.waiting).toBe(waiting.received);
    await first.process.stop();
    const stopped = lastLine(first.process.output());
    expect(stopped).toMatchObject({ received: waiting.received, dropped: 0, queued: 0, waiting: 0 });
    expect(stopped.sampledOut + stopped.delivered).toBe(waiting.received);
    expect(stopped.delivered).toBeGreaterThan(0);

    const second = await startCollectorProcess(configFor(half, { decisionWaitMs: 200, decisionWaitAfterRootMs: 200 }));
    stops.push(() => second.stop());
    const sendSecond = sender(second.otlpGrpc);
    for (const fragment of halves.flatMap(([, ...rest]) => rest)) expect(await sendSecond(fragment)).toBe(true);
    const ledger = await second.settled();
    expect(unaccounted(ledger)).toBe(0);
    expect(sink.spans.size).toBe(stopped.delivered + ledger.delivered);
    // Of each trace both halves were kept or none was.
    const kept = new Set(
      requests.flatMap((request) =>
        decodeFacts(request)
          .filter(({ spanId }) => sink.spans.has(spanId))
          .map(({ facts }) => facts.traceId),
      ),
    );
    const missing = requests.flatMap((request) => decodeFacts(request).filter(({ spanId, facts }) => kept.has(facts.traceId) && !sink.spans.has(spanId)));
    expect(missing).toEqual([]);
  });

  it("accounts for every span at a stop while the backend refuses: what the queue had no room for is dropped, once", async () => {
    const everything = [{ name: "default", condition: { kind: "always" as const }, keep: keep(1) }];
    const pipeline = { batch: { sizeMax: 100, timeoutMs: 50 }, queue: { spansMax: 300 }, retry: { maxMs: 200 }, wal: { enabled: false } };
    const collector = await startCollectorProcess(configFor(everything, { decisionWaitMs: 60_000, decisionWaitAfterRootMs: 60_000 }, { pipeline }));
    const send = sender(collector.otlpGrpc);
    const traffic = createTraffic({ seed: 55, now: Date.now });
    sink.mode = "refuse";
    for (let request = 0; request < 10; request++) expect(await send(traffic.nextRequest(200))).toBe(true);
    await collector.process.stop();
    const stopped = lastLine(collector.process.output());
    expect(stopped).toMatchObject({ received: 2000, delivered: 0, sampledOut: 0, dropped: 2000, queued: 0, waiting: 0 });
  });

  it("loses by a kill (-9) no more than what waited, and decides alike afterwards", async () => {
    const half = [{ name: "default", condition: { kind: "always" as const }, keep: keep(0.5) }];
    const config = configFor(half, { decisionWaitMs: 2000, decisionWaitAfterRootMs: 2000 });
    const traffic = createTraffic({ seed: 44, now: Date.now });
    const requests = Array.from({ length: 12 }, () => traffic.nextRequest(200));
    const first = await startCollector(folder, { config });
    const sendFirst = sender(first.otlpGrpc);
    for (const request of requests.slice(0, 4)) expect(await sendFirst(request)).toBe(true);
    await waitFor("the first to be delivered", async () => {
      const now = await first.ledger();
      return now.waiting === 0 && now.queued === 0 && now.delivered > 0;
    });
    for (const request of requests.slice(4, 8)) expect(await sendFirst(request)).toBe(true);
    const held = await first.ledger();
    first.process.kill("SIGKILL");
    await first.process.ended;
    expect(held.waiting).toBeGreaterThan(0);

    const second = await startCollector(folder, { config });
    stops.push(() => second.process.stop());
    const sendSecond = sender(second.otlpGrpc);
    for (const request of requests.slice(8)) expect(await sendSecond(request)).toBe(true);
    await waitFor("the rest to be delivered", async () => {
      const now = await second.ledger();
      const recovered = (await second.metrics()).get("headgate_spans_recovered_total") ?? 0;
      return now.waiting === 0 && now.queued === 0 && now.received - recovered === 800;
    });
    // A trace is in one request, so its draw alone decides.
    const wanted = (some: readonly Buffer[]) => some.flatMap(decodeFacts).filter(({ facts }) => traceRandomness({ spans: [facts] }) >= 2n ** 55n);
    const missing = (some: readonly Buffer[]) => wanted(some).filter(({ spanId }) => !sink.spans.has(spanId)).length;
    expect([missing(requests.slice(0, 4)), missing(requests.slice(8))]).toEqual([0, 0]);
    expect(missing(requests.slice(4, 8))).toBeLessThanOrEqual(held.waiting);
    expect(sink.spans.size).toBe(wanted(requests).length - missing(requests.slice(4, 8)));
  });

  it("explains a kept, a dropped, a waiting and an unseen trace over HTTP, the command line and the fleet channel", async () => {
    const tiers = [
      { name: "errors", condition: { kind: "status" as const, is: "error" as const }, keep: keep(1) },
      { name: "default", condition: { kind: "always" as const }, keep: keep(0) },
    ];
    const fleet = await startFakeFleet();
    stops.push(() => fleet.stop());
    const collector = await startCollector(folder, {
      config: configFor(tiers, { decisionWaitMs: 4000, decisionWaitAfterRootMs: 2000 }),
      env: { HEADGATE_FLEET_URL: fleet.url, HEADGATE_ENROLMENT_TOKEN: TOKEN },
    });
    stops.push(() => collector.process.stop());
    await fleet.next("hello", ({ hello }) => hello);
    const ids = { kept: "0af7651916cd43dd8448eb211c80319c", dropped: "4bf92f3577b34da6a3ce929d0e0e4736", unseen: "00000000000000000000000000000001" };
    const span = (traceId: string, name: string, code: number) => ({
      traceId,
      spanId: "b7ad6b7169203331",
      name,
      kind: 2,
      startTimeUnixNano: `${Date.now()}000000`,
      endTimeUnixNano: `${Date.now() + 20}000000`,
      status: { code },
    });
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "payments" } }] };
    const body = { resourceSpans: [{ resource, scopeSpans: [{ spans: [span(ids.kept, "POST /pay", 2), span(ids.dropped, "GET /", 1)] }] }] };
    const posted = await fetch(`http://127.0.0.1:${collector.otlpHttp}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(posted.status).toBe(200);
    const ask = async (id: string) => explanationSchema.parse(await (await fetch(`http://127.0.0.1:${collector.metricsPort}/explain/${id}`)).json());
    expect(await ask(ids.kept)).toMatchObject({ kind: "waiting", spans: 1, tierNow: "errors", rootSeen: true });

    const kept = await waitFor("the delivery", async () => {
      const answer = await ask(ids.kept);
      return answer.kind === "decided" && answer.delivery === "delivered" && answer;
    });
    expect(kept).toMatchObject({
      scope: "trace",
      cause: "rootWait",
      decisions: [{ kept: true, tier: "errors", ratio: 1, threshold: "00000000000000", randomness: "48eb211c80319c", spans: 1 }],
      witnesses: [{ condition: tiers[0].condition, spanId: "b7ad6b7169203331", spanName: "POST /pay", service: "payments" }],
      durationMs: 20,
      lateSpans: 0,
    });
    for (const stage of ["network", "processing", "decisionWait", "serialization", "queueWait", "export"] as const)
      expect(kept.stages[stage], stage).not.toBeNull();
    expect(kept.stages.decisionWait).toBeGreaterThanOrEqual(2000);
    expect(await ask(ids.dropped)).toMatchObject({ kind: "decided", delivery: "notKept", decisions: [{ kept: false, tier: "default", threshold: "never" }] });
    expect(await ask(ids.unseen)).toMatchObject({ kind: "neverSeen" });
    expect((await fetch(`http://127.0.0.1:${collector.metricsPort}/explain/nonsense`)).status).toBe(400);

    fleet.send({ command: { commandId: "q1", explain: { traceId: ids.kept } } });
    const result = await fleet.next("the answer", ({ commandResult }) => commandResult?.commandId === "q1" && commandResult);
    expect(result.ok).toBe(true);
    expect(explanationSchema.parse(JSON.parse(result.explanation ?? ""))).toMatchObject({ kind: "decided", traceId: ids.kept });
    fleet.send({ command: { commandId: "q2", explain: { traceId: "nonsense" } } });
    expect(await fleet.next("a refusal", ({ commandResult }) => commandResult?.commandId === "q2" && commandResult)).toMatchObject({ ok: false });

    const said = await explainCommand(collector.metricsPort, ids.kept);
    expect(said).toContain("Kept");
    expect(said).toContain("errors");
    expect(said).toContain("POST /pay");
    expect(await explainCommand(collector.metricsPort, ids.unseen)).toContain("Never came here");
  });

  it("explains span scope too: each tier and outcome that the trace's spans met with", async () => {
    const collector = await startCollectorProcess({
      sampling: {
        tiers: [
          { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
          { name: "default", condition: { kind: "always" }, keep: keep(0) },
        ],
      },
      export: { kind: "discard" },
    });
    stops.push(() => collector.stop());
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const spans = [2, 1, 1].map((code, index) => ({ traceId, spanId: `b7ad6b716920333${index}`, name: "GET /", status: { code } }));
    await fetch(`http://127.0.0.1:${collector.otlpHttp}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    });
    const answer = explanationSchema.parse(await (await fetch(`http://127.0.0.1:${collector.metrics}/explain/${traceId}`)).json());
    expect(answer).toMatchObject({
      kind: "decided",
      scope: "span",
      decisions: [
        { kept: true, tier: "errors", spans: 1 },
        { kept: false, tier: "default", spans: 2 },
      ],
    });
  });

  it("refuses at the start what can't be: a wait after the root that is longer than the whole, memory for less than two requests", async () => {
    const refused = async (sampling: object) => {
      const process_ = spawnCollector(folder, { config: configFor(CASE_4, sampling) });
      const { code } = await process_.ended;
      return { code, text: process_.output() };
    };
    const root = await refused({ decisionWaitMs: 100, decisionWaitAfterRootMs: 200 });
    expect(root.code).toBe(2);
    expect(root.text).toContain("sampling.decisionWaitAfterRootMs: must be at most decisionWaitMs (100), got 200");
    expect((await refused({ bytesMax: 1000 })).text).toContain("sampling.bytesMax: must be between");
  });
});

async function explainCommand(metricsPort: number, traceId: string): Promise<string> {
  const process_ = run(process.execPath, ["collector/main.ts", "explain", traceId], {
    env: cleanEnvironment({ HEADGATE_METRICS_PORT: String(metricsPort) }),
    isReady: () => true,
  });
  await process_.ended;
  return process_.output();
}

/** What a collector says of itself when it has stopped in order. */
function lastLine(output: string): Record<string, number> {
  return JSON.parse(
    output
      .split("\n")
      .filter((line) => line.includes('"msg":"stopped"'))
      .at(-1) ?? "{}",
  );
}
