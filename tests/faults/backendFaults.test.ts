import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, type TestContext } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { startWatchedCollector, type WatchedCollector } from "./collectorProcess.ts";
import { type FaultyBackend, startFaultyBackend } from "./faultyBackend.ts";
import { startSender } from "./sender.ts";

let tag = 100;

async function backendFor(test: TestContext): Promise<FaultyBackend> {
  const backend = await startFaultyBackend({ identify: true });
  test.onTestFinished(() => backend.close());
  return backend;
}

async function collectorFor(test: TestContext, config: unknown): Promise<WatchedCollector> {
  const collector = await startWatchedCollector(config);
  test.onTestFinished(async () => {
    await collector.remove();
  });
  return collector;
}

describe("a backend that is down for 60 s at 20,000 spans/s", () => {
  it("costs no span, sees a bounded number of probes, one at a time, and the collector stays under 300 MB", { timeout: 240_000 }, async (test) => {
    const backend = await backendFor(test);
    const collector = await collectorFor(test, { pipeline: { breaker: { openForMs: 5000 } }, export: { endpoint: backend.grpcUrl } });
    const watch = collector.watch(500);
    const sender = startSender({ protocol: "grpc", port: collector.otlpGrpc, connections: 4, spansPerSecond: 20_000, spansPerRequest: 200, tag: tag++ });
    await pause(3000);
    // First nothing listens, then something that says it is not ready: only there probes can be counted.
    await backend.refuseConnections();
    await pause(30_000);
    backend.behaviour = { kind: "grpc", code: 14 };
    await backend.listen();
    const answeringFrom = performance.now();
    await pause(30_000);
    const probes = backend.calls.filter(({ atMs }) => atMs > answeringFrom);
    backend.behaviour = { kind: "ok" };
    await pause(3000);
    await sender.stop();
    await collector.settled(90_000);
    const samples = await watch.stop();

    expect(sender.counts.failed).toBe(0);
    expect(sender.counts.acked).toBeGreaterThan(20_000 * 40);
    expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
    expect(probes.length).toBeGreaterThanOrEqual(3);
    expect(probes.length).toBeLessThanOrEqual(7);
    expect(Math.max(...probes.map(({ concurrency }) => concurrency))).toBe(1);
    expect(samples.some(({ metrics }) => metrics.get('headgate_breaker_state{state="open"}') === 1)).toBe(true);
    expect(Math.max(...samples.map(({ rssBytes }) => rssBytes))).toBeLessThan(300e6);
    const { ledger, metrics } = await collector.sample();
    expect(ledger).toMatchObject({ dropped: 0, queued: 0, waiting: 0 });
    expect(metrics.get('headgate_breaker_state{state="closed"}')).toBe(1);
  });
});

type Fault = { what: string; behaviour: Behaviour; only?: "grpc" | "http" };
const lossless: Fault[] = [
  { what: "takes two seconds for each call", behaviour: { kind: "ok", delayMs: 2000 } },
  { what: "says it has too much, and when to come again", behaviour: { kind: "grpc", code: 8, retryAfterMs: 700 }, only: "grpc" },
  { what: "answers 429 with Retry-After", behaviour: { kind: "http", status: 429, retryAfter: 1 }, only: "http" },
  { what: "answers 503", behaviour: { kind: "http", status: 503 } },
  { what: "is unavailable", behaviour: { kind: "grpc", code: 14 } },
  { what: "closes the connection in the middle of the request", behaviour: { kind: "close", when: "duringRequest" } },
  { what: "closes the connection before it answers", behaviour: { kind: "close", when: "beforeAnswer", keeps: false } },
  { what: "closes the connection in the middle of its answer", behaviour: { kind: "close", when: "halfAnswer", keeps: false } },
  { what: "resets every stream", behaviour: { kind: "resetStream" } },
  { what: "sends everyone away after each call", behaviour: { kind: "goAway" } },
  { what: "takes everything and never answers", behaviour: { kind: "hang" } },
  { what: "answers garbage", behaviour: { kind: "garbage" } },
];

/** They wait most of their time: several at once, each with a backend and a collector of its own. */
describe.concurrent.each(["grpc", "http"] as const)("a backend over %s", (protocol) => {
  const pipeline = {
    batch: { sizeMin: 200, sizeMax: 1000, timeoutMs: 50 },
    delivery: { timeoutMs: 1000 },
    retry: { initialMs: 20, maxMs: 200 },
    breaker: { openForMs: 500 },
  };

  async function underFault(test: TestContext, behaviour: Behaviour, timeoutMs = 1000) {
    const backend = await backendFor(test);
    const endpoint = protocol === "grpc" ? backend.grpcUrl : backend.httpUrl;
    const collector = await collectorFor(test, { pipeline: { ...pipeline, delivery: { timeoutMs } }, export: { protocol, endpoint } });
    const watch = collector.watch(50);
    const sender = startSender({
      protocol,
      port: protocol === "grpc" ? collector.otlpGrpc : collector.otlpHttp,
      connections: 2,
      spansPerSecond: 4000,
      spansPerRequest: 50,
      tag: tag++,
    });
    await pause(700);
    backend.behaviour = behaviour;
    await pause(3000);
    backend.behaviour = { kind: "ok" };
    await pause(300);
    await sender.stop();
    const ledger = await collector.settled();
    await watch.stop();
    expect(sender.counts.failed).toBe(0);
    expect(ledger.received).toBe(sender.counts.acked);
    return { backend, sender, ledger };
  }

  it.for(lossless.filter(({ only }) => only === undefined || only === protocol))("that $what costs no span", async ({ behaviour }, test) => {
    const { backend, sender, ledger } = await underFault(test, behaviour, behaviour.delayMs === undefined ? 1000 : 10_000);
    expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
    expect(ledger).toMatchObject({ dropped: 0, delivered: sender.counts.acked });
  });

  it("that refuses requests for good costs what it refused, each counted", async (test) => {
    const { backend, sender, ledger } = await underFault(test, { kind: "http", status: 400 });
    expect(ledger.dropped).toBeGreaterThan(0);
    expect(sender.acked.missingFrom(backend.ids)).toHaveLength(ledger.dropped);
    expect(ledger.delivered).toBe(backend.ids.size);
  });

  it("that takes requests in part costs what it rejected, each counted", async (test) => {
    const { backend, sender, ledger } = await underFault(test, { kind: "partial", rejectedSpans: 3 });
    expect(ledger.dropped).toBeGreaterThan(0);
    expect(sender.acked.missingFrom(backend.ids)).toHaveLength(ledger.dropped);
  });

  it("that has taken a batch but could not say so gets it twice, and no other", async (test) => {
    const { backend, sender, ledger } = await underFault(test, { kind: "close", when: "beforeAnswer", keeps: true });
    expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
    expect(ledger).toMatchObject({ dropped: 0 });
    expect(backend.ids.duplicates).toBeGreaterThan(0);
  });
});
