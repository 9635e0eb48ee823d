import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTraffic } from "#traffic/createTraffic.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { connectGrpc, type GrpcConnection } from "../fixtures/grpcCall.ts";
import { type CollectorRun, startCollector } from "../fixtures/managedCollector.ts";
import { unaccounted } from "../fixtures/metrics.ts";
import { type OtlpSink, startOtlpSink } from "../fixtures/otlpSink.ts";
import { readSpans } from "../fixtures/readSpans.ts";
import { waitFor } from "../fixtures/waitFor.ts";

let folder: string;
const closing: (() => unknown)[] = [];
beforeEach(() => {
  folder = temporaryFolder();
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

async function collectorFor(config: unknown): Promise<{ collector: CollectorRun; grpc: GrpcConnection }> {
  const collector = await startCollector(folder, { config });
  closing.push(() => collector.process.stop());
  const grpc = connectGrpc(collector.otlpGrpc);
  closing.push(() => grpc.close());
  return { collector, grpc };
}

async function killed({ process }: CollectorRun): Promise<void> {
  process.kill("SIGKILL");
  await process.ended;
}

const idsOf = (requests: readonly Buffer[]) => requests.flatMap((request) => readSpans(request).map(({ spanId }) => spanId));
function missing(sent: readonly Buffer[], arrived: readonly string[]): string[] {
  const there = new Set(arrived);
  return idsOf(sent).filter((id) => !there.has(id));
}
const settled = async (collector: CollectorRun) => {
  const ledger = await collector.ledger();
  return ledger.queued === 0 && ledger.waiting === 0;
};
const fast = { batch: { sizeMax: 500, timeoutMs: 20 }, retry: { initialMs: 10, maxMs: 50 }, breaker: { openForMs: 200 } };
const tier = (name: string, condition: unknown, ratio = 1) => ({ name, condition, keep: { kind: "ratio", ratio } });
const errorsFirst = [tier("errors", { kind: "status", is: "error" }), tier("default", { kind: "always" })];

describe("a kill (-9)", () => {
  it("loses nothing that was acknowledged and kept, and the next process counts what it finds as received", async () => {
    const sink = await sinkFor();
    const traffic = createTraffic({ seed: 1, now: Date.now });
    const config = { pipeline: fast, export: { endpoint: sink.grpcUrl } };
    const sent: Buffer[] = [];
    const send = async (grpc: GrpcConnection, requests: number) => {
      for (let i = 0; i < requests; i++) {
        const request = traffic.nextRequest(100);
        expect(await grpc.call(request)).toMatchObject({ grpcStatus: 0 });
        sent.push(request);
      }
    };
    const first = await collectorFor(config);
    await send(first.grpc, 10);
    await waitFor("everything delivered", () => settled(first.collector));
    // What was delivered in the last tenth of a second before a kill may come twice; not what was delivered before.
    await pause(1000);
    sink.mode = { kind: "unavailable" };
    await send(first.grpc, 20);
    await killed(first.collector);

    const second = await collectorFor(config);
    expect(await second.collector.ledger()).toMatchObject({ queued: expect.any(Number), dropped: 0 });
    const recovered = (await second.collector.metrics()).get("headgate_spans_recovered_total") ?? 0;
    expect(recovered).toBeGreaterThanOrEqual(2000);
    expect(unaccounted(await second.collector.ledger())).toBe(0);
    await send(second.grpc, 5);
    await killed(second.collector);

    sink.mode = { kind: "ok" };
    const third = await collectorFor(config);
    await send(third.grpc, 5);
    await waitFor("everything delivered", () => settled(third.collector));
    expect(unaccounted(await third.collector.ledger())).toBe(0);
    const arrived = idsOf(sink.requests);
    expect(missing(sent, arrived)).toEqual([]);
    expect(arrived.length).toBe(idsOf(sent).length);
    await third.collector.process.stop();
    expect(readdirSync(join(folder, "data", "wal", "default")).filter((name) => name.endsWith(".done"))).toEqual([]);
  });

  it("in trace scope with wal.waiting loses nothing that waited either, and decides on whole traces", async () => {
    const sink = await sinkFor();
    const traffic = createTraffic({ seed: 2, now: Date.now });
    const config = {
      sampling: { scope: "trace", decisionWaitMs: 1500, decisionWaitAfterRootMs: 1500, tiers: errorsFirst },
      pipeline: { ...fast, wal: { waiting: true } },
      export: { endpoint: sink.grpcUrl },
    };
    const sent = Array.from({ length: 20 }, () => traffic.nextRequest(100));
    const first = await collectorFor(config);
    for (const request of sent.slice(0, 10)) expect(await first.grpc.call(request)).toMatchObject({ grpcStatus: 0 });
    expect((await first.collector.ledger()).waiting).toBeGreaterThan(0);
    await killed(first.collector);
    const second = await collectorFor(config);
    await waitFor("what waited to be back", async () => (await second.collector.ledger()).received >= 1000);
    for (const request of sent.slice(10)) expect(await second.grpc.call(request)).toMatchObject({ grpcStatus: 0 });
    await waitFor("everything delivered", () => settled(second.collector));
    expect(unaccounted(await second.collector.ledger())).toBe(0);
    const arrived = idsOf(sink.requests);
    expect(missing(sent, arrived)).toEqual([]);
    expect(arrived.length).toBe(2000);
    // Once everything is decided and safe, the log of what waits forgets it.
    await waitFor("an empty log", async () => ((await second.collector.metrics()).get("headgate_wal_waiting_bytes") ?? 0) < 1000);
  });
});

describe("wal.waiting turned off", () => {
  const traces = { scope: "trace", decisionWaitMs: 1000, decisionWaitAfterRootMs: 1000, tiers: errorsFirst };
  const folders = () => readdirSync(join(folder, "data"));

  it.each([
    ["trace", traces],
    ["span", { tiers: errorsFirst }],
  ])(
    "before the next start, in %s scope, leaves nothing behind: what waited when the process was killed is taken in, and the log goes",
    async (_scope, sampling) => {
      const sink = await sinkFor();
      const traffic = createTraffic({ seed: 6, now: Date.now });
      const sent = Array.from({ length: 10 }, () => traffic.nextRequest(100));
      const first = await collectorFor({
        sampling: { ...traces, decisionWaitMs: 60_000, decisionWaitAfterRootMs: 60_000 },
        pipeline: { ...fast, wal: { waiting: true } },
        export: { endpoint: sink.grpcUrl },
      });
      for (const request of sent) expect(await first.grpc.call(request)).toMatchObject({ grpcStatus: 0 });
      await killed(first.collector);
      const second = await collectorFor({ sampling, pipeline: fast, export: { endpoint: sink.grpcUrl } });
      await waitFor("everything delivered", async () => (await second.collector.ledger()).delivered === 1000);
      expect(await second.collector.ledger()).toMatchObject({ received: 1000, delivered: 1000, dropped: 0, waiting: 0, queued: 0 });
      expect((await second.collector.metrics()).get("headgate_spans_recovered_total")).toBe(1000);
      expect(missing(sent, idsOf(sink.requests))).toEqual([]);
      await waitFor("its folder gone", () => !folders().includes("wal-waiting"));
    },
  );
});

describe("a stop", () => {
  it("in trace scope with wal.waiting leaves what waits undecided, for the next start", async () => {
    const sink = await sinkFor();
    const traffic = createTraffic({ seed: 3, now: Date.now });
    const config = {
      sampling: { scope: "trace", decisionWaitMs: 2000, decisionWaitAfterRootMs: 2000, tiers: errorsFirst },
      pipeline: { ...fast, wal: { waiting: true } },
      export: { endpoint: sink.grpcUrl },
    };
    const sent = Array.from({ length: 5 }, () => traffic.nextRequest(100));
    const first = await collectorFor(config);
    for (const request of sent) await first.grpc.call(request);
    first.collector.process.kill("SIGTERM");
    expect((await first.collector.process.ended).code).toBe(0);
    expect(first.collector.process.output()).toContain('"waiting":500');
    expect(sink.spans).toBe(0);
    const second = await collectorFor(config);
    await waitFor("everything delivered", async () => (await second.collector.ledger()).delivered === 500);
    expect(await second.collector.ledger()).toMatchObject({ received: 500, waiting: 0, queued: 0, dropped: 0 });
  });
});

describe.each(["span", "trace"])("routes in %s scope", (scope) => {
  const sampling = { scope, tiers: errorsFirst, ...(scope === "trace" ? { decisionWaitMs: 100, decisionWaitAfterRootMs: 100 } : {}) };
  const isError = ({ status }: { status: number }) => status === 2;

  it("send the tiers that they name to one backend and the rest to the other; a dead one does not hold up the other", async () => {
    const errors = await sinkFor();
    const rest = await sinkFor();
    const traffic = createTraffic({ seed: 4, now: Date.now });
    const routed = {
      sampling,
      pipeline: fast,
      export: { endpoint: rest.grpcUrl },
      routes: [{ name: "errors", tiers: ["errors"], export: { endpoint: errors.httpUrl, protocol: "http" } }],
    };
    const { collector, grpc } = await collectorFor(routed);
    errors.mode = { kind: "unavailable" };
    const sent = Array.from({ length: 20 }, () => traffic.nextRequest(200));
    for (const request of sent) expect(await grpc.call(request)).toMatchObject({ grpcStatus: 0 });
    const spans = sent.flatMap((request) => readSpans(request));
    const wrong = spans.filter(isError);
    // In trace scope the whole trace follows its worst span.
    const badTraces = new Set(wrong.map(({ traceId }) => traceId));
    const forErrors = scope === "span" ? wrong.length : spans.filter(({ traceId }) => badTraces.has(traceId)).length;
    expect(forErrors).toBeGreaterThan(50);
    await rest.reached(4000 - forErrors);
    await waitFor(
      "the breaker of the dead one open",
      async () => (await collector.metrics()).get('headgate_breaker_state{destination="errors",state="closed"}') === 0,
    );
    expect((await collector.metrics()).get('headgate_breaker_state{state="closed"}')).toBe(1);
    expect(await collector.ledger()).toMatchObject({ received: 4000, queued: forErrors, delivered: 4000 - forErrors, dropped: 0 });
    errors.mode = { kind: "ok" };
    await errors.reached(forErrors);
    await waitFor("everything delivered", () => settled(collector));
    expect(unaccounted(await collector.ledger())).toBe(0);
    const arrivedAtErrors = errors.requests.flatMap((request) => readSpans(request));
    expect(arrivedAtErrors).toHaveLength(forErrors);
    if (scope === "span") expect(arrivedAtErrors.every(isError)).toBe(true);
    expect(rest.requests.flatMap((request) => readSpans(request)).some(isError)).toBe(false);
  });

  it("that are gone after a restart leave nothing behind: what was kept for them goes to the default destination", async () => {
    const errors = await sinkFor();
    const rest = await sinkFor();
    const traffic = createTraffic({ seed: 5, now: Date.now });
    errors.mode = { kind: "hang" };
    const base = { sampling, pipeline: fast, export: { endpoint: rest.grpcUrl } };
    const first = await collectorFor({ ...base, routes: [{ name: "errors", tiers: ["errors"], export: { endpoint: errors.grpcUrl } }] });
    for (let i = 0; i < 10; i++) await first.grpc.call(traffic.nextRequest(200));
    await waitFor("the rest delivered", async () => {
      const { waiting, queued, delivered } = await first.collector.ledger();
      return waiting === 0 && queued + delivered === 2000 && delivered > 0 && rest.spans === delivered;
    });
    await killed(first.collector);
    const second = await collectorFor(base);
    await rest.reached(2000);
    await waitFor("everything delivered", () => settled(second.collector));
    expect(unaccounted(await second.collector.ledger())).toBe(0);
    await waitFor("its log gone", () => !readdirSync(join(folder, "data", "wal")).includes("errors"));
  });
});
