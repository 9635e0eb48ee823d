import { rmSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readArchiveFile } from "#collector/archive/archiveFrame.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { countSpans } from "../fixtures/countSpans.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { connectGrpc, type GrpcConnection } from "../fixtures/grpcCall.ts";
import { type CollectorRun, spawnCollector, startCollector } from "../fixtures/managedCollector.ts";
import { unaccounted } from "../fixtures/metrics.ts";
import { type OtlpSink, startOtlpSink } from "../fixtures/otlpSink.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const traffic = createTraffic({ seed: 11, now: Date.now });

let folder: string;
const closing: (() => unknown)[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function sinkFor(ports: Parameters<typeof startOtlpSink>[0] = {}): Promise<OtlpSink> {
  const sink = await startOtlpSink(ports);
  closing.push(() => sink.close());
  return sink;
}

async function collectorFor(config: unknown, env: Record<string, string> = {}): Promise<{ collector: CollectorRun; grpc: GrpcConnection }> {
  const collector = await startCollector(folder, { config, env });
  closing.push(() => collector.process.stop());
  const grpc = connectGrpc(collector.otlpGrpc);
  closing.push(() => grpc.close());
  return { collector, grpc };
}

/** Scrapes until stopped and throws at the first scrape that does not balance. */
function watchLedger(collector: CollectorRun): { stop(): Promise<number> } {
  let going = true;
  const running = (async () => {
    let scrapes = 0;
    for (; going; scrapes++) {
      const ledger = await collector.ledger();
      if (unaccounted(ledger) !== 0) throw new Error(`unbalanced: ${JSON.stringify(ledger)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return scrapes;
  })();
  running.catch(() => undefined);
  return {
    stop: () => {
      going = false;
      return running;
    },
  };
}

const fast = { batch: { sizeMax: 500, timeoutMs: 20 }, retry: { initialMs: 10, maxMs: 50 }, breaker: { openForMs: 200 } };
const portOf = (url: string) => Number(new URL(url).port);

describe.each(["grpc", "http"] as const)("delivery over %s", (protocol) => {
  const urlOf = (sink: OtlpSink) => (protocol === "grpc" ? sink.grpcUrl : sink.httpUrl);

  it.each(["none", "gzip", "zstd"])("delivers every span with compression %s and the headers given", async (compression) => {
    const sink = await sinkFor();
    const { grpc } = await collectorFor({ pipeline: fast, export: { protocol, endpoint: urlOf(sink), compression, headers: { "x-api-key": "k" } } });
    for (let i = 0; i < 5; i++) expect(await grpc.call(traffic.nextRequest(200))).toMatchObject({ grpcStatus: 0 });
    await sink.reached(1000);
    expect(sink.spans).toBe(1000);
    expect(sink.lastHeaders["x-api-key"]).toBe("k");
    if (protocol === "http") expect(sink.lastHeaders[":path"]).toBe("/v1/traces");
  });

  it("tries again while the backend is away and loses nothing; the ledger balances at every scrape", async () => {
    const first = await startOtlpSink();
    const ports = { grpc: portOf(first.grpcUrl), http: portOf(first.httpUrl) };
    const { collector, grpc } = await collectorFor({ pipeline: fast, export: { protocol, endpoint: urlOf(first) } });
    const watch = watchLedger(collector);
    for (let i = 0; i < 10; i++) await grpc.call(traffic.nextRequest(300));
    // Not only taken by the backend, but answered: what was not would rightly come again.
    await waitFor("everything answered", async () => (await collector.ledger()).delivered === 3000);
    await first.close();
    for (let i = 0; i < 10; i++) expect(await grpc.call(traffic.nextRequest(300))).toMatchObject({ grpcStatus: 0 });
    await waitFor("failed tries", async () => ((await collector.metrics()).get("headgate_export_failures_total") ?? 0) > 3);
    expect((await collector.ledger()).queued).toBe(3000);
    const second = await sinkFor(ports);
    await second.reached(3000);
    await waitFor("an empty queue", async () => (await collector.ledger()).queued === 0);
    expect(await collector.ledger()).toMatchObject({ received: 6000, delivered: 6000, dropped: 0, queued: 0 });
    expect(first.spans + second.spans).toBe(6000);
    expect(await watch.stop()).toBeGreaterThan(5);
  });

  it("tries again when the backend says so, and after it did not answer in time", async () => {
    const sink = await sinkFor();
    const { collector, grpc } = await collectorFor({ pipeline: { ...fast, delivery: { timeoutMs: 150 } }, export: { protocol, endpoint: urlOf(sink) } });
    sink.mode = { kind: "unavailable" };
    await grpc.call(traffic.nextRequest(100));
    await waitFor("tries", () => sink.tries > 2);
    sink.mode = { kind: "hang" };
    await waitFor("a try that hangs", async () => ((await collector.metrics()).get("headgate_export_failures_total") ?? 0) > 4);
    sink.mode = { kind: "ok" };
    await sink.reached(100);
    await waitFor("an empty queue", async () => (await collector.ledger()).queued === 0);
    expect(await collector.ledger()).toMatchObject({ received: 100, delivered: 100, dropped: 0 });
  });

  it("counts what the backend rejects for good, in whole or in part, by reason", async () => {
    const sink = await sinkFor();
    const { collector, grpc } = await collectorFor({ pipeline: fast, export: { protocol, endpoint: urlOf(sink) } });
    sink.mode = { kind: "partial", rejectedSpans: 7 };
    await grpc.call(traffic.nextRequest(100));
    await waitFor("an empty queue", async () => (await collector.ledger()).queued === 0);
    sink.mode = { kind: "permanent" };
    await grpc.call(traffic.nextRequest(50));
    await waitFor("an empty queue", async () => (await collector.ledger()).queued === 0);
    const metrics = await collector.metrics();
    expect(metrics.get('headgate_spans_dropped_total{reason="backend_rejected"}')).toBe(7);
    expect(metrics.get('headgate_spans_dropped_total{reason="permanent_error"}')).toBe(50);
    expect(await collector.ledger()).toMatchObject({ received: 150, delivered: 93, dropped: 57, queued: 0 });
  });

  it("gives up after retry.maxElapsedMs and counts that", async () => {
    const sink = await sinkFor();
    sink.mode = { kind: "unavailable" };
    const { collector, grpc } = await collectorFor({
      // The breaker would stop the clock of the batch's age.
      pipeline: { ...fast, retry: { initialMs: 5, maxMs: 10, maxElapsedMs: 60 }, breaker: { failureThreshold: 1_000_000 } },
      export: { protocol, endpoint: urlOf(sink) },
    });
    await grpc.call(traffic.nextRequest(80));
    await waitFor("a drop", async () => (await collector.metrics()).get('headgate_spans_dropped_total{reason="retry_exhausted"}') === 80);
    expect(unaccounted(await collector.ledger())).toBe(0);
  });
});

const withoutLog = { enabled: false };

describe("a full queue without a write-ahead log", () => {
  it("refuses whole requests with a delay, loses nothing it took, and takes more once there is room", async () => {
    const sink = await sinkFor();
    sink.mode = { kind: "unavailable" };
    const { collector, grpc } = await collectorFor({
      pipeline: { ...fast, queue: { spansMax: 1000 }, wal: withoutLog },
      export: { endpoint: sink.grpcUrl },
    });
    const watch = watchLedger(collector);
    expect(await grpc.call(traffic.nextRequest(1001))).toMatchObject({ grpcStatus: 8, retryAfterMs: undefined });
    for (let i = 0; i < 10; i++) expect(await grpc.call(traffic.nextRequest(100))).toMatchObject({ grpcStatus: 0 });
    expect(await grpc.call(traffic.nextRequest(1))).toMatchObject({
      grpcStatus: 14,
      retryAfterMs: expect.any(Number),
      message: expect.stringContaining("queue is full (1000 of 1000 spans"),
    });
    const response = await fetch(`http://127.0.0.1:${collector.otlpHttp}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf" },
      body: new Uint8Array(traffic.nextRequest(10)),
    });
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, expect.stringMatching(/^[1-9]$/)]);
    await response.arrayBuffer();
    const metrics = await collector.metrics();
    const requests = (reason: string) => metrics.get(`headgate_requests_refused_total{reason="${reason}"}`) ?? 0;
    expect(requests("queue_full")).toBeGreaterThan(0);
    // The second client has no share of what is not there.
    expect(requests("queue_full") + requests("client_share")).toBe(2);
    expect(metrics.get('headgate_spans_refused_total{reason="too_large"}')).toBe(1001);
    expect(metrics.get('otlp_queue_size{type="spans"}')).toBe(1000);
    sink.mode = { kind: "ok" };
    await sink.reached(1000);
    await waitFor("room", async () => (await grpc.call(traffic.nextRequest(10))).grpcStatus === 0);
    await sink.reached(1010);
    await watch.stop();
  });
});

describe("SIGTERM", () => {
  it("delivers what is queued, refuses new requests with a delay, and ends with 0", async () => {
    const sink = await sinkFor();
    sink.mode = { kind: "unavailable" };
    const { collector, grpc } = await collectorFor({
      pipeline: { ...fast, batch: { sizeMax: 100_000, timeoutMs: 600_000 } },
      export: { endpoint: sink.grpcUrl },
    });
    for (let i = 0; i < 4; i++) await grpc.call(traffic.nextRequest(500));
    collector.process.kill("SIGTERM");
    await grpc.goneAway;
    await waitFor("not ready", async () => (await fetch(`http://127.0.0.1:${collector.metricsPort}/readyz`)).status === 503);
    expect(unaccounted(await collector.ledger())).toBe(0);
    sink.mode = { kind: "ok" };
    await sink.reached(2000);
    expect(await collector.process.ended).toEqual({ code: 0, signal: null });
    expect(collector.process.output()).toContain('"delivered":2000,"dropped":0,"queued":0');
  });

  it("ends at once at the second signal", async () => {
    const sink = await sinkFor();
    sink.mode = { kind: "unavailable" };
    const { collector, grpc } = await collectorFor({ pipeline: fast, export: { endpoint: sink.grpcUrl } });
    await grpc.call(traffic.nextRequest(10));
    collector.process.kill("SIGTERM");
    await grpc.goneAway;
    collector.process.kill("SIGINT");
    expect(await collector.process.ended).toEqual({ code: 1, signal: null });
  });

  it("leaves in the write-ahead log what can't be delivered within its time, and the next start delivers it", async () => {
    const sink = await sinkFor();
    sink.mode = { kind: "hang" };
    const config = { pipeline: fast, export: { endpoint: sink.grpcUrl } };
    const { collector, grpc } = await collectorFor(config);
    for (let i = 0; i < 30; i++) await grpc.call(traffic.nextRequest(100));
    collector.process.kill("SIGTERM");
    expect((await collector.process.ended).code).toBe(0);
    expect(collector.process.output()).toContain('"delivered":0,"dropped":0,"queued":3000');
    expect(collector.process.output()).toContain("in the write-ahead log, for the next start");
    sink.mode = { kind: "ok" };
    const before = sink.spans;
    const { collector: next } = await collectorFor(config);
    await waitFor("an empty queue", async () => (await next.ledger()).delivered === 3000);
    expect(await next.ledger()).toMatchObject({ received: 3000, delivered: 3000, dropped: 0, queued: 0 });
    expect(sink.spans - before).toBe(3000);
  });

  it("without a write-ahead log drops and counts what can't be delivered within its time, and stays under ten seconds", async () => {
    const sink = await sinkFor();
    sink.mode = { kind: "hang" };
    const { collector, grpc } = await collectorFor({ pipeline: { ...fast, wal: withoutLog }, export: { endpoint: sink.grpcUrl } });
    for (let i = 0; i < 30; i++) await grpc.call(traffic.nextRequest(100));
    const startedAt = performance.now();
    collector.process.kill("SIGTERM");
    expect((await collector.process.ended).code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(collector.process.output()).toMatch(/spans dropped: shutdown/);
  });
});

describe("the archive", () => {
  const files = async () => (await readdir(join(folder, "data", "archive"))).sort();
  const sizes = async () => {
    const found = await Promise.all(
      (await files()).map(async (name) => [name, (await stat(join(folder, "data", "archive", name)).catch(() => ({ size: 0 }))).size]),
    );
    return found as [string, number][];
  };

  /** Files are deleted and grow while they are looked at one by one: what two looks find alike was there at one time. */
  const size = async () => {
    for (let before = await sizes(); ; ) {
      const now = await sizes();
      if (JSON.stringify(now) === JSON.stringify(before)) return now.reduce((sum, [, bytes]) => sum + bytes, 0);
      before = now;
    }
  };

  it("is what a collector without configuration writes, and holds every kept span", async () => {
    const collector = await startCollector(folder);
    const grpc = connectGrpc(collector.otlpGrpc);
    for (let i = 0; i < 4; i++) await grpc.call(traffic.nextRequest(250));
    grpc.close();
    await collector.process.stop();
    let spans = 0;
    for (const name of await files()) {
      const { requests, torn } = readArchiveFile(await readFile(join(folder, "data", "archive", name)));
      expect(torn).toBe(false);
      spans += requests.reduce((sum, request) => sum + countSpans(request), 0);
    }
    expect(spans).toBe(1000);
  });

  it("stays within its bound when it is overfilled, deletes the oldest and counts them; the ledger balances", async () => {
    const bytesMax = 1_048_576;
    const { collector, grpc } = await collectorFor({ pipeline: { batch: { sizeMax: 500, timeoutMs: 20 } }, export: { kind: "archive", bytesMax } });
    await waitFor(
      "deleted files",
      async () => {
        await grpc.call(traffic.nextRequest(500));
        expect(await size()).toBeLessThanOrEqual(bytesMax);
        return ((await collector.metrics()).get("headgate_archive_files_deleted_total") ?? 0) > 3;
      },
      { timeoutMs: 40_000, everyMs: 1 },
    );
    const metrics = await collector.metrics();
    expect(metrics.get("headgate_archive_capacity_bytes")).toBe(bytesMax);
    expect(metrics.get("headgate_archive_bytes")).toBeLessThanOrEqual(bytesMax);
    expect(unaccounted(await collector.ledger())).toBe(0);
    expect((await collector.ledger()).dropped).toBe(0);
  });
});

describe("bad input at the start", () => {
  it.each<[string, Parameters<typeof spawnCollector>[1], RegExp]>([
    [
      "a ratio above 1",
      { config: { sampling: { tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 50 } }] } } },
      /sampling\.tiers\[0\]\.keep\.ratio: must be between 0 and 1, got 50/,
    ],
    ["an unknown field", { config: { pipelin: {} } }, /pipelin: unknown field/],
    [
      "a route for a tier that there is not",
      { config: { routes: [{ name: "errors", tiers: ["errors"], export: { kind: "discard" } }] } },
      /routes\[0\]\.tiers\[0\]: there is no tier "errors" in sampling\.tiers/,
    ],
    ["no YAML", { config: "a: [1" }, /can't read the configuration/],
    ["an unknown variable", { env: { HEADGATE_OTLP_PORT: "1" } }, /HEADGATE_OTLP_PORT is not a known variable/],
    ["a bad port", { env: { HEADGATE_METRICS_PORT: "99999" } }, /HEADGATE_METRICS_PORT must be a port/],
  ])("%s gets one line and exit code 2", async (_what, options, message) => {
    const running = spawnCollector(folder, options);
    expect((await running.ended).code).toBe(2);
    expect(running.output()).toMatch(message);
    expect(running.output().trim().split("\n")).toHaveLength(1);
  });

  it("a port in use gets one line that says which, and exit code 2", async () => {
    const { collector } = await collectorFor({ export: { kind: "discard" } });
    const second = spawnCollector(folder, { env: { HEADGATE_OTLP_GRPC_PORT: String(collector.otlpGrpc), HEADGATE_DATA_DIR: join(folder, "other") } });
    expect((await second.ended).code).toBe(2);
    expect(second.output()).toBe(
      `headgate-collector: port ${collector.otlpGrpc} on 127.0.0.1 is in use; stop what listens there or set HEADGATE_OTLP_GRPC_PORT to another port\n`,
    );
  });
});
