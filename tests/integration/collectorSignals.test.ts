import { rmSync } from "node:fs";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GRPC_PATHS, HTTP_PATHS } from "#collector/signals/otlpPaths.ts";
import { encodeNumbered, numberedRequest, numbersIn } from "#collector/signals/signalTestData.ts";
import { decodeRpcStatus } from "#collector/status/rpcStatus.ts";
import { parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson, configHash } from "#domain/fleet/configHash.ts";
import { SIGNALS, type Signal } from "#domain/pipeline/signals.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { startFakeFleet, TOKEN } from "../fixtures/fakeFleet.ts";
import { connectGrpc } from "../fixtures/grpcCall.ts";
import { type CollectorRun, startCollector } from "../fixtures/managedCollector.ts";
import { type Metrics, sum, unaccounted } from "../fixtures/metrics.ts";
import { type OtlpSink, startOtlpSink } from "../fixtures/otlpSink.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const ITEMS: Record<Signal, string> = { metrics: "headgate_metric_points", logs: "headgate_log_records" };

let folder: string;
let sink: OtlpSink;
const stops: (() => unknown)[] = [];
beforeEach(async () => {
  folder = temporaryFolder();
  sink = await startOtlpSink();
  stops.push(() => sink.close());
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(config: object): Promise<CollectorRun> {
  const collector = await startCollector(folder, { config: { pipeline: { batch: { timeoutMs: 20 }, breaker: { openForMs: 200 } }, ...config } });
  stops.push(() => collector.process.stop());
  return collector;
}

function ledgerOf(metrics: Metrics, signal: Signal) {
  const one = (suffix: string) => sum(metrics, `${ITEMS[signal]}_${suffix}`);
  const ledger = {
    ...{ received: one("received_total"), recovered: one("recovered_total"), queued: one("queued"), delivered: one("delivered_total") },
    ...{ dropped: one("dropped_total"), refused: one("refused_total") },
  };
  expect(ledger.received).toBe(ledger.queued + ledger.delivered + ledger.dropped);
  return ledger;
}

const settled = (collector: CollectorRun, signal: Signal, received: number) =>
  waitFor(`${received} ${signal} received and none queued`, async () => {
    const ledger = ledgerOf(await collector.metrics(), signal);
    return ledger.received === received && ledger.queued === 0 && ledger;
  });

function post(collector: CollectorRun, signal: Signal, body: Buffer | string, { type = "application/x-protobuf", encoding = "" } = {}): Promise<Response> {
  const headers: Record<string, string> = { "content-type": type, ...(encoding === "" ? {} : { "content-encoding": encoding }) };
  return fetch(`http://127.0.0.1:${collector.otlpHttp}${HTTP_PATHS[signal]}`, { method: "POST", headers, body: new Uint8Array(Buffer.from(body)) });
}

async function callAll(collector: CollectorRun, signal: Signal, first: number, requests: number, itemsEach: number): Promise<void> {
  const grpc = connectGrpc(collector.otlpGrpc);
  for (let i = 0; i < requests; i++) {
    const answer = await grpc.call(encodeNumbered(signal, first + i * itemsEach, itemsEach), { path: GRPC_PATHS[signal] });
    expect(answer).toMatchObject({ grpcStatus: 0 });
  }
  grpc.close();
}

/** The numbers that came to the sink for a signal, each as often as it came. */
function arrived(signal: Signal): number[] {
  const places: string[] = [GRPC_PATHS[signal], HTTP_PATHS[signal]];
  return sink.requests.flatMap((body, at) => (places.includes(sink.paths[at]) ? numbersIn(signal, body) : [])).sort((a, b) => a - b);
}
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

const plain = (bytes: Buffer) => bytes;
const ENCODINGS: [string, (bytes: Buffer) => Buffer][] = [
  ["", plain],
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
];

describe.each(SIGNALS)("%s", (signal) => {
  it.each(["grpc", "http"] as const)("come in by each protocol, encoding and compression, and leave over %s as they came", async (protocol) => {
    const endpoint = protocol === "grpc" ? sink.grpcUrl : sink.httpUrl;
    const collector = await start({ export: { endpoint, protocol, compression: protocol === "grpc" ? "gzip" : "zstd" } });
    const grpc = connectGrpc(collector.otlpGrpc);
    stops.push(() => grpc.close());
    let next = 0;
    for (const [encoding, compress] of ENCODINGS) {
      const headers = encoding === "" ? {} : { "grpc-encoding": encoding };
      const called = await grpc.call(compress(encodeNumbered(signal, next, 20)), { path: GRPC_PATHS[signal], headers, compressed: encoding !== "" });
      expect(called).toMatchObject({ httpStatus: 200, grpcStatus: 0 });
      const posted = await post(collector, signal, compress(encodeNumbered(signal, next + 20, 20)), { encoding });
      expect([posted.status, posted.headers.get("content-type"), (await posted.arrayBuffer()).byteLength]).toEqual([200, "application/x-protobuf", 0]);
      const json = compress(Buffer.from(JSON.stringify(numberedRequest(signal, next + 40, 20))));
      const asJson = await post(collector, signal, json, { encoding, type: "application/json" });
      expect([asJson.status, await asJson.text()]).toEqual([200, "{}"]);
      next += 60;
    }
    expect(await settled(collector, signal, next)).toMatchObject({ delivered: next, dropped: 0, refused: 0 });
    expect(arrived(signal)).toEqual(upTo(next));
    expect(new Set(sink.paths)).toEqual(new Set([protocol === "grpc" ? GRPC_PATHS[signal] : HTTP_PATHS[signal]]));
    const metrics = await collector.metrics();
    expect(metrics.get(`headgate_signal_requests_total{signal="${signal}"}`)).toBe(9);
    // And spans have nothing to do with it.
    expect(metrics.get("headgate_spans_received_total")).toBe(0);
    expect(metrics.get("headgate_requests_total")).toBe(0);
  });

  it("are the same byte for byte, also what nobody knows yet", async () => {
    const collector = await start({ export: { endpoint: sink.grpcUrl } });
    const whole = Buffer.concat([encodeNumbered(signal, 0, 3), Buffer.from([0xfa, 0x06, 3, 1, 2, 3])]);
    expect((await post(collector, signal, whole)).status).toBe(200);
    await settled(collector, signal, 3);
    expect(sink.requests.map((body) => body.toString("hex"))).toEqual([whole.toString("hex")]);
  });

  it("are refused as a whole when they are malformed, and nothing of others' is harmed", async () => {
    const collector = await start({ export: { endpoint: sink.grpcUrl } });
    const whole = encodeNumbered(signal, 0, 10);
    expect((await post(collector, signal, whole)).status).toBe(200);
    const broken = await post(collector, signal, whole.subarray(0, whole.length - 1));
    expect([broken.status, decodeRpcStatus(Buffer.from(await broken.arrayBuffer()))?.message]).toEqual([
      400,
      `the request is not a valid request to export ${signal}`,
    ]);
    const shape = await post(collector, signal, JSON.stringify({ [signal === "logs" ? "resourceLogs" : "resourceMetrics"]: 1 }), { type: "application/json" });
    expect([shape.status, (await shape.json()).message]).toEqual([400, expect.stringContaining("must be a list")]);
    const grpc = connectGrpc(collector.otlpGrpc);
    stops.push(() => grpc.close());
    expect((await grpc.call(Buffer.from([0x0a, 0x7f, 0x01]), { path: GRPC_PATHS[signal] })).grpcStatus).toBe(3);
    await settled(collector, signal, 10);
    expect(arrived(signal)).toEqual(upTo(10));
    expect((await collector.metrics()).get(`headgate_signal_requests_refused_total{signal="${signal}",reason="malformed"}`)).toBe(3);
  });

  it.each<[string, object]>([
    ["the archive", { kind: "archive" }],
    ["an endpoint whose path is for traces alone", { endpoint: "http://127.0.0.1:9/custom", protocol: "http" }],
  ])("are refused as not implemented by %s, before anything is taken", async (_what, destination) => {
    const collector = await start({ export: destination });
    const grpc = connectGrpc(collector.otlpGrpc);
    stops.push(() => grpc.close());
    const called = await grpc.call(encodeNumbered(signal, 0, 5), { path: GRPC_PATHS[signal] });
    expect(called).toMatchObject({ grpcStatus: 12, message: expect.stringContaining(`${signal} are not taken`), retryAfterMs: undefined });
    const posted = await post(collector, signal, encodeNumbered(signal, 0, 5));
    expect([posted.status, decodeRpcStatus(Buffer.from(await posted.arrayBuffer()))?.code]).toEqual([501, 12]);
    expect(ledgerOf(await collector.metrics(), signal)).toMatchObject({ received: 0, queued: 0 });
    expect((await collector.metrics()).get(`headgate_signal_requests_refused_total{signal="${signal}",reason="not_taken"}`)).toBe(2);
  });

  it("wait while the backend is away and all arrive once it is back", async () => {
    const collector = await start({ export: { endpoint: sink.grpcUrl } });
    sink.mode = { kind: "unavailable" };
    await callAll(collector, signal, 0, 20, 50);
    await waitFor("a try that failed", async () => sum(await collector.metrics(), "headgate_signal_export_failures_total") > 0);
    expect(ledgerOf(await collector.metrics(), signal)).toMatchObject({ received: 1000, queued: 1000 });
    sink.mode = { kind: "ok" };
    await settled(collector, signal, 1000);
    expect(arrived(signal)).toEqual(upTo(1000));
  });

  it("that were acknowledged survive kill -9, and a stop with the backend away", async () => {
    sink.mode = { kind: "unavailable" };
    const config = { export: { endpoint: sink.grpcUrl } };
    const first = await start(config);
    await callAll(first, signal, 0, 10, 30);
    first.process.kill("SIGKILL");
    await first.process.ended;
    const second = await start(config);
    expect(await waitFor("what the log held", async () => ledgerOf(await second.metrics(), signal))).toMatchObject({
      received: 300,
      recovered: 300,
      queued: 300,
    });
    await callAll(second, signal, 300, 10, 30);
    await second.process.stop();
    const third = await start(config);
    expect(ledgerOf(await third.metrics(), signal)).toMatchObject({ received: 600, recovered: 600, queued: 600 });
    sink.mode = { kind: "ok" };
    expect(await settled(third, signal, 600)).toMatchObject({ delivered: 600, dropped: 0 });
    expect(arrived(signal)).toEqual(upTo(600));
  });

  it("that the backend rejects are counted as dropped, and so is what it refuses for good", async () => {
    const collector = await start({ export: { endpoint: sink.httpUrl, protocol: "http" } });
    sink.mode = { kind: "partial", rejectedSpans: 3 };
    expect((await post(collector, signal, encodeNumbered(signal, 0, 10))).status).toBe(200);
    expect(await settled(collector, signal, 10)).toMatchObject({ delivered: 7, dropped: 3 });
    sink.mode = { kind: "permanent" };
    expect((await post(collector, signal, encodeNumbered(signal, 10, 5))).status).toBe(200);
    expect(await settled(collector, signal, 15)).toMatchObject({ delivered: 7, dropped: 8 });
    const metrics = await collector.metrics();
    expect(metrics.get(`${ITEMS[signal]}_dropped_total{reason="backend_rejected"}`)).toBe(3);
    expect(metrics.get(`${ITEMS[signal]}_dropped_total{reason="permanent_error"}`)).toBe(5);
  });

  it("are refused with a delay when their queue is full, and traces are not", async () => {
    const pipeline = { batch: { timeoutMs: 20 }, wal: { enabled: false }, signals: { itemsMax: 100 } };
    const collector = await start({ pipeline, export: { endpoint: sink.grpcUrl } });
    sink.mode = { kind: "hang" };
    // More than fits at any time; asked while there is room, as the share of another client may be used up afterwards.
    expect(await post(collector, signal, encodeNumbered(signal, 100, 101))).toMatchObject({ status: 413 });
    await callAll(collector, signal, 0, 2, 50);
    const grpc = connectGrpc(collector.otlpGrpc);
    stops.push(() => grpc.close());
    const refused = await grpc.call(encodeNumbered(signal, 100, 1), { path: GRPC_PATHS[signal] });
    expect([refused.grpcStatus, Number(refused.retryAfterMs) > 0]).toEqual([14, true]);
    expect(await grpc.call(createTraffic({ seed: 1, now: Date.now }).nextRequest(10))).toMatchObject({ grpcStatus: 0 });
    const metrics = await collector.metrics();
    expect(ledgerOf(metrics, signal)).toMatchObject({ received: 100, queued: 100, refused: 102 });
    expect(unaccounted(await collector.ledger())).toBe(0);
  });

  it("are spread over several threads, and counted together", async () => {
    const collector = await start({ workers: 2, export: { endpoint: sink.grpcUrl } });
    const connections = Array.from({ length: 8 }, () => connectGrpc(collector.otlpGrpc));
    stops.push(() => {
      for (const connection of connections) connection.close();
    });
    const answers = await Promise.all(
      upTo(80).map((i) => connections[i % connections.length].call(encodeNumbered(signal, i * 25, 25), { path: GRPC_PATHS[signal] })),
    );
    expect(answers.filter(({ grpcStatus }) => grpcStatus !== 0)).toEqual([]);
    expect(await settled(collector, signal, 2000)).toMatchObject({ delivered: 2000, dropped: 0 });
    expect(arrived(signal)).toEqual(upTo(2000));
    expect((await collector.metrics()).get(`headgate_signal_requests_total{signal="${signal}"}`)).toBe(80);
  });
});

it("what is queued when the control plane gives another destination goes there", async () => {
  const fleet = await startFakeFleet();
  stops.push(() => fleet.stop());
  const other = await startOtlpSink();
  stops.push(() => other.close());
  sink.mode = { kind: "unavailable" };
  const collector = await startCollector(folder, {
    config: { pipeline: { batch: { timeoutMs: 20 } }, export: { endpoint: sink.grpcUrl } },
    env: { HEADGATE_FLEET_URL: fleet.url, HEADGATE_ENROLMENT_TOKEN: TOKEN },
  });
  stops.push(() => collector.process.stop());
  await fleet.next("hello", ({ hello }) => hello ?? undefined);
  for (const signal of SIGNALS) await callAll(collector, signal, 0, 5, 20);
  const parsed = parseCollectorConfig({ pipeline: { batch: { timeoutMs: 20 } }, export: { endpoint: other.httpUrl, protocol: "http" } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  fleet.send({ config: { revision: 1, hash: configHash(parsed.value), body: canonicalJson(parsed.value) } });
  for (const signal of SIGNALS) {
    expect(await settled(collector, signal, 100)).toMatchObject({ delivered: 100, dropped: 0 });
    const numbers = other.requests.flatMap((body, at) => (other.paths[at] === HTTP_PATHS[signal] ? numbersIn(signal, body) : []));
    expect(numbers.sort((a, b) => a - b)).toEqual(upTo(100));
  }
  const told = await fleet.next(
    "both signals in a measurement",
    ({ measurements }) => measurements?.items?.find(({ signals }) => signals?.length === 2)?.signals,
  );
  expect(told.map(({ signal }) => signal)).toEqual([...SIGNALS]);
});

it("the lean engine takes them as well", async () => {
  const collector = await start({ receivers: { grpc: { engine: "lean" } }, export: { endpoint: sink.grpcUrl } });
  for (const signal of SIGNALS) {
    await callAll(collector, signal, 0, 4, 25);
    expect(await settled(collector, signal, 100)).toMatchObject({ delivered: 100 });
    expect(arrived(signal)).toEqual(upTo(100));
  }
});

it("discard takes metrics and logs, and counts them as delivered", async () => {
  const collector = await start({ export: { kind: "discard" } });
  for (const signal of SIGNALS) {
    expect((await post(collector, signal, encodeNumbered(signal, 0, 40))).status).toBe(200);
    expect(await settled(collector, signal, 40)).toMatchObject({ delivered: 40 });
  }
});

it("an empty request, and one without items, is taken and counted as a request", async () => {
  const collector = await start({ export: { endpoint: sink.grpcUrl } });
  for (const signal of SIGNALS) {
    expect((await post(collector, signal, Buffer.alloc(0))).status).toBe(200);
    expect((await post(collector, signal, "{}", { type: "application/json" })).status).toBe(200);
    expect((await collector.metrics()).get(`headgate_signal_requests_total{signal="${signal}"}`)).toBe(2);
  }
  expect(sink.tries).toBe(0);
});
