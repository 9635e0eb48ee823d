import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decide, traceRandomness } from "#domain/sampling/decide.ts";
import { explanationSchema } from "#domain/sampling/explanation.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { SpanFacts } from "#domain/sampling/spanFacts.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { type CountingSink, startCountingSink } from "../fixtures/countingSink.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { connectGrpc, type GrpcConnection } from "../fixtures/grpcCall.ts";
import { type CollectorRun, spawnCollector, startCollector } from "../fixtures/managedCollector.ts";
import { unaccounted } from "../fixtures/metrics.ts";
import { readSpans } from "../fixtures/readSpans.ts";
import { decodeFacts, intoFragments } from "../fixtures/traceFacts.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
const TIERS: SamplingPolicy["tiers"] = [
  { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
  { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: keep(1) },
  { name: "default", condition: { kind: "always" }, keep: keep(0.1) },
];
const CONNECTIONS = 8;

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

function configFor(workers: number, rest: object = {}) {
  return {
    workers,
    sampling: { scope: "trace", decisionWaitMs: 1500, decisionWaitAfterRootMs: 1500, tiers: TIERS },
    pipeline: { batch: { timeoutMs: 50 } },
    export: { kind: "otlp", endpoint: `http://127.0.0.1:${sink.grpcPort}` },
    ...rest,
  };
}

async function start(config: unknown): Promise<CollectorRun> {
  const collector = await startCollector(folder, { config });
  stops.push(() => collector.process.stop());
  return collector;
}

function connect({ otlpGrpc }: CollectorRun): GrpcConnection[] {
  return Array.from({ length: CONNECTIONS }, () => {
    const grpc = connectGrpc(otlpGrpc);
    stops.push(() => grpc.close());
    return grpc;
  });
}

const settled = (collector: CollectorRun) =>
  waitFor("nothing that waits or is queued", async () => {
    const ledger = await collector.ledger();
    expect(unaccounted(ledger)).toBe(0);
    return ledger.queued === 0 && ledger.waiting === 0 && ledger;
  });

/** A source of whole numbers that is the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

describe("a collector with three threads", () => {
  it("decides on whole traces, wherever their spans came in: every kept trace is whole at the backend, and no other is", async () => {
    const collector = await start(configFor(3));
    const connections = connect(collector);
    const traffic = createTraffic({ seed: 5, now: Date.now });
    const random = seeded(3);
    const traces = new Map<string, { spanId: string; facts: SpanFacts }[]>();
    let requests = 0;
    for (let request = 0; request < 60; request++) {
      const whole = traffic.nextRequest(512);
      for (const span of decodeFacts(whole)) traces.set(span.facts.traceId, [...(traces.get(span.facts.traceId) ?? []), span]);
      const answers = intoFragments(whole, 6, random).map((fragment) => connections[random(CONNECTIONS)].call(fragment));
      requests += answers.length;
      for (const { grpcStatus } of await Promise.all(answers)) expect(grpcStatus).toBe(0);
      expect(unaccounted(await collector.ledger())).toBe(0);
    }
    const ledger = await settled(collector);
    expect(ledger).toMatchObject({ received: 60 * 512, dropped: 0, refused: 0 });
    const metrics = await collector.metrics();
    expect(metrics.get("headgate_requests_total")).toBe(requests);

    const wanted = new Set<string>();
    for (const spans of traces.values()) {
      const trace = { spans: spans.map(({ facts }) => facts) };
      if (!decide(trace, { scope: "span", tiers: TIERS }, traceRandomness(trace)).keep) continue;
      for (const { spanId } of spans) wanted.add(spanId);
    }
    expect([...sink.spans.keys()].filter((spanId) => !wanted.has(spanId))).toEqual([]);
    expect([...wanted].filter((spanId) => !sink.spans.has(spanId))).toEqual([]);
    expect(sink.total()).toBe(ledger.delivered);
  });

  it("explains a trace, whichever of them decided on it", async () => {
    const collector = await start(configFor(3));
    const [grpc] = connect(collector);
    const request = createTraffic({ seed: 9, now: Date.now }).nextRequest(200);
    expect((await grpc.call(request)).grpcStatus).toBe(0);
    const ids = new Set(readSpans(request).map(({ traceId }) => traceId));
    const ask = async (id: string) => explanationSchema.parse(await (await fetch(`http://127.0.0.1:${collector.metricsPort}/explain/${id}`)).json());
    for (const id of ids) expect((await ask(id)).kind).toBe("waiting");
    await settled(collector);
    for (const id of ids) expect((await ask(id)).kind).toBe("decided");
    expect((await ask("f".repeat(32))).kind).toBe("neverSeen");
  });

  it("refuses a malformed request as a whole, whichever thread its spans belong to", async () => {
    const collector = await start(configFor(3));
    const [grpc] = connect(collector);
    const request = createTraffic({ seed: 11, now: Date.now }).nextRequest(300);
    const broken = Buffer.concat([request, Buffer.from([0x0a, 0x05, 0x12, 0x03, 0x12, 0x01, 0x2a])]);
    expect((await grpc.call(broken)).grpcStatus).toBe(3);
    expect(await collector.ledger()).toMatchObject({ received: 0, waiting: 0 });
    expect((await collector.metrics()).get('headgate_requests_refused_total{reason="malformed"}')).toBe(1);
  });

  it("in span scope keeps the same spans as one thread, and takes every connection", async () => {
    const tiers: SamplingPolicy["tiers"] = [{ name: "default", condition: { kind: "always" }, keep: keep(0.25) }];
    const collector = await start(configFor(3, { sampling: { tiers } }));
    const connections = connect(collector);
    const traffic = createTraffic({ seed: 6, now: Date.now });
    const wanted = new Set<string>();
    for (let i = 0; i < 80; i++) {
      const request = traffic.nextRequest(100);
      for (const { spanId, facts } of decodeFacts(request)) {
        if (decide({ spans: [facts] }, { scope: "span", tiers }, traceRandomness({ spans: [facts] })).keep) wanted.add(spanId);
      }
      expect((await connections[i % CONNECTIONS].call(request)).grpcStatus).toBe(0);
    }
    const ledger = await settled(collector);
    expect(ledger).toMatchObject({ received: 8000, delivered: wanted.size, dropped: 0 });
    expect(new Set(sink.spans.keys())).toEqual(wanted);
  });

  it("refuses what its queues have no room for, keeps the ledger balanced, and delivers all it took once the backend is back", async () => {
    const pipeline = {
      batch: { timeoutMs: 20 },
      queue: { spansMax: 6000 },
      retry: { initialMs: 20, maxMs: 100 },
      breaker: { openForMs: 200 },
      wal: { enabled: false },
    };
    const sampling = { scope: "trace", decisionWaitMs: 200, decisionWaitAfterRootMs: 200, spansMax: 9000, tiers: [{ ...TIERS[2], keep: keep(1) }] };
    const collector = await start(configFor(3, { pipeline, sampling }));
    const connections = connect(collector);
    sink.mode = "refuse";
    const traffic = createTraffic({ seed: 7, now: Date.now });
    const taken = new Set<string>();
    let refused = 0;
    await waitFor(
      "requests that are refused",
      async () => {
        const requests = connections.map(() => traffic.nextRequest(300));
        const answers = await Promise.all(requests.map((request, at) => connections[at].call(request)));
        for (const [at, { grpcStatus }] of answers.entries()) {
          if (grpcStatus === 0) for (const { spanId } of readSpans(requests[at])) taken.add(spanId);
          else refused++;
        }
        expect(unaccounted(await collector.ledger())).toBe(0);
        return refused > 20;
      },
      { timeoutMs: 60_000, everyMs: 1 },
    );
    sink.mode = "accept";
    await settled(collector);
    expect([...taken].filter((spanId) => !sink.spans.has(spanId))).toEqual([]);
  });
});

describe("what several threads leave on disk", () => {
  const outage = { batch: { timeoutMs: 20 }, retry: { initialMs: 20, maxMs: 100 }, breaker: { openForMs: 200 } };
  const all: SamplingPolicy["tiers"] = [{ ...TIERS[2], keep: keep(1) }];

  async function fill(collector: CollectorRun, seed: number): Promise<string[]> {
    const connections = connect(collector);
    const traffic = createTraffic({ seed, now: Date.now });
    const sent: string[] = [];
    for (let i = 0; i < 48; i++) {
      const request = traffic.nextRequest(100);
      expect((await connections[i % CONNECTIONS].call(request)).grpcStatus).toBe(0);
      sent.push(...readSpans(request).map(({ spanId }) => spanId));
    }
    return sent;
  }

  async function killed({ process }: CollectorRun): Promise<void> {
    process.kill("SIGKILL");
    await process.ended;
  }

  it.each([
    ["as many threads", 3],
    ["fewer threads", 2],
    ["none but its own", 1],
  ])("survives a kill and is delivered by the next process with %s", async (_what, workers) => {
    sink.mode = "refuse";
    const first = await start(configFor(3, { sampling: { tiers: all }, pipeline: outage }));
    const sent = await fill(first, 21);
    await killed(first);
    expect(existsSync(join(folder, "data", "workers", "2", "wal"))).toBe(true);
    sink.mode = "accept";
    const next = await start(configFor(workers, { sampling: { tiers: all }, pipeline: outage }));
    await waitFor("what was left behind", () => sent.every((spanId) => sink.spans.has(spanId)), { timeoutMs: 30_000 });
    const ledger = await settled(next);
    expect(ledger).toMatchObject({ received: sent.length, delivered: sent.length });
    expect(sink.total()).toBe(sent.length);
    await next.process.stop();
    const last = await start(configFor(1));
    expect(existsSync(join(folder, "data", "workers"))).toBe(false);
    expect(await last.ledger()).toMatchObject({ received: 0 });
  });

  it("is the traces that waited too, where that is asked for: each is decided whole by the thread that it had", async () => {
    const pipeline = { ...outage, wal: { waiting: true } };
    const waits = { scope: "trace", decisionWaitMs: 60_000, decisionWaitAfterRootMs: 60_000, tiers: all };
    const first = await start(configFor(3, { sampling: waits, pipeline }));
    const sent = await fill(first, 22);
    await killed(first);
    const next = await start(configFor(3, { sampling: { ...waits, decisionWaitMs: 1000, decisionWaitAfterRootMs: 1000 }, pipeline }));
    await waitFor("what had waited", () => sent.every((spanId) => sink.spans.has(spanId)), { timeoutMs: 30_000 });
    await settled(next);
    expect(sink.total()).toBe(sent.length);
  });
});

describe("threads that can't be", () => {
  it("are refused at the start with the bound that is too small to be shared", async () => {
    const running = spawnCollector(folder, { config: configFor(8, { sampling: { scope: "trace", tiers: TIERS, bytesMax: 134_217_728 } }) });
    const { code } = await running.ended;
    expect(code).toBe(2);
    expect(running.output()).toMatch(/sampling\.bytesMax: must be at least 268435456 with 8 workers/);
  });

  it("are refused when they are no number of threads", async () => {
    const running = spawnCollector(folder, { config: configFor(0) });
    expect((await running.ended).code).toBe(2);
    expect(running.output()).toMatch(/workers: must be auto or a whole number from 1 to 64, got 0/);
  });
});
