import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeRpcStatus } from "#collector/status/rpcStatus.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { connectGrpc, type GrpcConnection } from "../fixtures/grpcCall.ts";
import { ENGINES, type Engine } from "../fixtures/grpcEngines.ts";
import { type CollectorRun, startCollector } from "../fixtures/managedCollector.ts";
import { unaccounted } from "../fixtures/metrics.ts";
import { type OtlpSink, startOtlpSink } from "../fixtures/otlpSink.ts";

const REQUEST_BYTES_MAX = 1_000_000;
const traffic = createTraffic({ seed: 7, now: Date.now });

let folder: string;
let sink: OtlpSink;
let collector: CollectorRun;
let grpc: GrpcConnection;
const collectors = new Map<Engine, CollectorRun>();
const connections: GrpcConnection[] = [];

beforeAll(async () => {
  folder = temporaryFolder();
  sink = await startOtlpSink();
  const pipeline = { batch: { timeoutMs: 20 }, receive: { requestBytesMax: REQUEST_BYTES_MAX } };
  for (const engine of ENGINES) {
    const own = join(folder, engine);
    mkdirSync(own);
    const config = { receivers: { grpc: { engine }, http: { engine } }, pipeline, export: { endpoint: sink.grpcUrl } };
    collectors.set(engine, await startCollector(own, { config }));
    use(engine);
  }
});
afterAll(async () => {
  for (const connection of connections) connection.close();
  for (const one of collectors.values()) await one.process.stop();
  await sink?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The tests that follow speak to the collector with this engine. */
function use(engine: Engine): void {
  const one = collectors.get(engine);
  if (one === undefined) throw new Error(`no collector with ${engine}`);
  collector = one;
  grpc = connectGrpc(one.otlpGrpc);
  connections.push(grpc);
}

/** Runs `send` and gives how many more spans the sink has once `spans` more have come through. */
async function arriving(spans: number, send: () => Promise<unknown>): Promise<number> {
  const before = sink.spans;
  await send();
  await sink.reached(before + spans);
  return sink.spans - before;
}

function post(body: Buffer | string, { type = "application/x-protobuf", encoding = "", path = "/v1/traces", method = "POST" } = {}): Promise<Response> {
  const headers: Record<string, string> = { "content-type": type, ...(encoding === "" ? {} : { "content-encoding": encoding }) };
  return fetch(`http://127.0.0.1:${collector.otlpHttp}${path}`, { method, headers, body: method === "GET" ? undefined : new Uint8Array(Buffer.from(body)) });
}

async function statusOf(response: Response): Promise<{ http: number; type: string | null; code?: number; message?: string }> {
  const type = response.headers.get("content-type");
  const body = Buffer.from(await response.arrayBuffer());
  const said = type === "application/json" ? JSON.parse(body.toString()) : decodeRpcStatus(body);
  return { http: response.status, type, code: said?.code, message: said?.message };
}

const spansJson = (count: number) =>
  JSON.stringify({
    resourceSpans: [
      {
        scopeSpans: [
          { spans: Array.from({ length: count }, (_, i) => ({ traceId: i.toString(16).padStart(32, "1"), spanId: "eee19b7ec3c1b174", name: "a", kind: 2 })) },
        ],
      },
    ],
  });

/** AnyValue nested in arrays so many times, inside an attribute of a resource. */
function nested(levels: number): Buffer {
  let value = Buffer.alloc(0);
  const field = (tag: number, content: Buffer) => {
    const length: number[] = [];
    let rest = content.length;
    for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
    return Buffer.concat([Buffer.from([tag, ...length, rest]), content]);
  };
  for (let i = 0; i < levels; i++) value = field(0x2a, field(0x0a, value));
  const span = field(0x12, Buffer.concat([field(0x0a, Buffer.alloc(16, 1)), field(0x4a, Buffer.concat([field(0x0a, Buffer.from("k")), field(0x12, value)]))]));
  return field(0x0a, field(0x12, span));
}

describe.each(ENGINES)("OTLP/gRPC, engine %s", (engine) => {
  beforeAll(() => use(engine));

  it("takes requests and delivers every span", async () => {
    expect(await arriving(512, async () => expect(await grpc.call(traffic.nextRequest(512))).toMatchObject({ httpStatus: 200, grpcStatus: 0 }))).toBe(512);
  });

  it("takes a message that comes in many DATA frames", async () => {
    expect(await arriving(300, async () => expect(await grpc.call(traffic.nextRequest(300), { pieces: 50 })).toMatchObject({ grpcStatus: 0 }))).toBe(300);
  });

  it.each([
    ["gzip", gzipSync],
    ["zstd", zstdCompressSync],
  ])("takes %s", async (encoding, compress) => {
    const send = () => grpc.call(compress(traffic.nextRequest(100)), { compressed: true, headers: { "grpc-encoding": encoding } });
    expect(await arriving(100, async () => expect(await send()).toMatchObject({ grpcStatus: 0 }))).toBe(100);
  });

  it("takes an empty request", async () => {
    expect(await grpc.call(Buffer.alloc(0))).toMatchObject({ grpcStatus: 0 });
  });

  it.each<[string, number, () => Promise<unknown>]>([
    ["an unknown method", 12, () => grpc.call(Buffer.alloc(0), { path: "/opentelemetry.proto.collector.profiles.v1.ProfilesService/Export" })],
    ["an unknown compression", 12, () => grpc.call(Buffer.alloc(9), { headers: { "grpc-encoding": "br" } })],
    ["malformed protobuf", 3, () => grpc.call(Buffer.from([0x0a, 0x7f, 0x01]))],
    ["a truncated request", 3, () => grpc.call(traffic.nextRequest(10).subarray(0, 1000))],
    ["broken gzip", 3, () => grpc.call(Buffer.from("no gzip"), { compressed: true, headers: { "grpc-encoding": "gzip" } })],
    ["a compressed message without an encoding", 3, () => grpc.call(Buffer.from("x"), { compressed: true })],
    ["a body that is no gRPC message", 3, () => grpc.raw(Buffer.from([0, 0]))],
    ["two messages", 3, () => grpc.raw(Buffer.alloc(10))],
    ["a length that does not fit", 3, () => grpc.raw(Buffer.from([0, 0, 0, 0, 9, 1]))],
    ["values nested too deep", 3, () => grpc.call(nested(5000))],
    ["too large a request", 8, () => grpc.call(Buffer.alloc(REQUEST_BYTES_MAX + 1))],
    ["a huge length, before its bytes have come", 8, () => grpc.begin(Buffer.from([0, 0xff, 0xff, 0xff, 0xff])).answer],
    ["a gzip bomb", 8, () => grpc.call(gzipSync(Buffer.alloc(50_000_000)), { compressed: true, headers: { "grpc-encoding": "gzip" } })],
    ["a zstd bomb", 8, () => grpc.call(zstdCompressSync(Buffer.alloc(50_000_000)), { compressed: true, headers: { "grpc-encoding": "zstd" } })],
  ])("answers %s with status %i, and the connection lives on", async (_what, code, send) => {
    expect(await send()).toMatchObject({ httpStatus: 200, grpcStatus: code, message: expect.stringMatching(/./), retryAfterMs: undefined });
    expect(await arriving(5, async () => expect(await grpc.call(traffic.nextRequest(5))).toMatchObject({ grpcStatus: 0 }))).toBe(5);
    expect(grpc.open).toBe(true);
  });

  it("answers 415 to what is no gRPC", async () => {
    expect(await grpc.raw(Buffer.from("{}"), { "content-type": "application/json" })).toMatchObject({ httpStatus: 415 });
  });

  it("forgets a request that its client gave up", async () => {
    const begun = grpc.begin(traffic.nextRequest(50).subarray(0, 2000));
    begun.abort();
    await begun.answer;
    expect(await arriving(5, () => grpc.call(traffic.nextRequest(5)))).toBe(5);
  });
});

describe.each(ENGINES)("OTLP/HTTP, engine %s", (engine) => {
  beforeAll(() => use(engine));

  it("takes protobuf and answers in protobuf", async () => {
    const body = traffic.nextRequest(64);
    expect(
      await arriving(64, async () => {
        const response = await post(body);
        expect([response.status, response.headers.get("content-type"), (await response.arrayBuffer()).byteLength]).toEqual([200, "application/x-protobuf", 0]);
      }),
    ).toBe(64);
  });

  it("takes JSON and answers in JSON", async () => {
    expect(
      await arriving(7, async () => {
        const response = await post(spansJson(7), { type: "application/json; charset=utf-8" });
        expect([response.status, response.headers.get("content-type"), await response.json()]).toEqual([200, "application/json", {}]);
      }),
    ).toBe(7);
  });

  it.each([
    ["gzip", gzipSync],
    ["zstd", zstdCompressSync],
  ])("takes %s, protobuf and JSON", async (encoding, compress) => {
    expect(await arriving(20, () => post(compress(traffic.nextRequest(20)), { encoding }))).toBe(20);
    expect(await arriving(3, () => post(compress(Buffer.from(spansJson(3))), { encoding, type: "application/json" }))).toBe(3);
  });

  it.each<[string, number, number, () => Promise<Response>]>([
    ["malformed protobuf", 400, 3, () => post(Buffer.from([0x0a, 0x7f]))],
    ["values nested too deep", 400, 3, () => post(nested(5000))],
    ["broken gzip", 400, 3, () => post("no gzip", { encoding: "gzip" })],
    ["too large a body", 413, 8, () => post(Buffer.alloc(REQUEST_BYTES_MAX + 1))],
    ["a gzip bomb", 413, 8, () => post(gzipSync(Buffer.alloc(50_000_000)), { encoding: "gzip" })],
    ["an unknown encoding", 415, 12, () => post("x", { encoding: "br" })],
    ["an unknown path", 404, 12, () => post("x", { path: "/v1/profiles" })],
  ])("answers %s with %i and a Status in protobuf", async (_what, http, code, send) => {
    expect(await statusOf(await send())).toEqual({ http, type: "application/x-protobuf", code, message: expect.stringMatching(/./) });
  });

  it.each<[string, number, number, () => Promise<Response>]>([
    ["no JSON", 400, 3, () => post("{", { type: "application/json" })],
    ["a bad trace id", 400, 3, () => post('{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"xyz"}]}]}]}', { type: "application/json" })],
    ["JSON nested too deep", 400, 3, () => post("[".repeat(100_000), { type: "application/json" })],
    ["too large a body", 413, 8, () => post(Buffer.alloc(REQUEST_BYTES_MAX + 1, 0x20), { type: "application/json" })],
    ["an unknown content type", 415, 12, () => post("x", { type: "text/plain" })],
  ])("answers %s with %i and a Status in JSON", async (_what, http, code, send) => {
    expect(await statusOf(await send())).toEqual({ http, type: "application/json", code, message: expect.stringMatching(/./) });
  });

  it("answers 405 to another method, naming the right one", async () => {
    const response = await post("", { method: "GET" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

describe.each(ENGINES)("2,000 client connections, engine %s", (engine) => {
  beforeAll(() => use(engine));

  it("are served, the busy ones beside the idle ones, and a flooding one has the others lose nothing", async () => {
    const agents = Array.from({ length: 1000 }, () => new http.Agent({ keepAlive: true, maxSockets: 1 }));
    const sessions = Array.from({ length: 1000 }, () => connectGrpc(collector.otlpGrpc));
    const body = traffic.nextRequest(4);
    const overHttp = (agent: http.Agent) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { "content-type": "application/x-protobuf", "content-length": body.length };
        const sent = http.request({ port: collector.otlpHttp, host: "127.0.0.1", method: "POST", path: "/v1/traces", agent, headers }, (response) => {
          response.resume().on("end", () => resolve(response.statusCode));
        });
        sent.on("error", reject);
        sent.end(body);
      });
    try {
      // 500 at a time: as many as concurrentRequestsMax leaves room for even where answers take long.
      const everybody = async () => {
        for (let from = 0; from < 1000; from += 250) {
          const grpcAnswers = sessions.slice(from, from + 250).map(async (session) => (await session.call(body)).grpcStatus);
          const httpAnswers = agents.slice(from, from + 250).map(overHttp);
          expect(new Set(await Promise.all([...grpcAnswers, ...httpAnswers]))).toEqual(new Set([0, 200]));
        }
      };
      const before = sink.spans;
      await everybody();
      // All of them stay open and most are idle now, while 200 send ten times, and another one sends ten at a time without end.
      let isOver = false;
      let flooded = 0;
      const large = traffic.nextRequest(40);
      const flood = Array.from({ length: 10 }, async () => {
        for (; !isOver; flooded++) expect(await grpc.call(large)).toMatchObject({ grpcStatus: 0 });
      });
      const busy = sessions.slice(0, 200).map(async (session) => {
        for (let i = 0; i < 10; i++) expect(await session.call(body)).toMatchObject({ grpcStatus: 0 });
      });
      await Promise.all(busy);
      isOver = true;
      await Promise.all(flood);
      expect([flooded > 10, sessions.every(({ open }) => open)]).toEqual([true, true]);
      expect(agents.every(({ freeSockets }) => Object.values(freeSockets).flat().length === 1)).toBe(true);
      await everybody();
      const sent = 2 * 2000 * 4 + 200 * 10 * 4 + flooded * 40;
      await sink.reached(before + sent);
      expect([sink.spans - before, unaccounted(await collector.ledger())]).toEqual([sent, 0]);
    } finally {
      for (const session of sessions) session.close();
      for (const agent of agents) agent.destroy();
    }
  });
});

describe.each(ENGINES)("bytes that are no OTLP at all, engine %s", (engine) => {
  beforeAll(() => use(engine));

  const connect = (port: number, bytes: Buffer) =>
    new Promise<void>((resolve) => {
      const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes));
      socket.on("error", () => {});
      socket.on("close", () => resolve());
      socket.resume();
      // Some garbage looks like the beginning of something; half-closing says that no more will come.
      socket.end();
    });

  it("end their own connection and nothing else", async () => {
    const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    const samples = [
      Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n"),
      Buffer.from("POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"),
      Buffer.from("POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n"),
      Buffer.alloc(5000, 0xff),
      randomBytes(3000),
      preface,
      Buffer.concat([preface, randomBytes(3000)]),
      Buffer.concat([preface, Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]), Buffer.from([0, 0, 4, 1, 4, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff])]),
    ];
    for (const bytes of samples) for (const port of [collector.otlpGrpc, collector.otlpHttp, collector.metricsPort]) await connect(port, bytes);
    expect(await arriving(5, () => grpc.call(traffic.nextRequest(5)))).toBe(5);
    expect(await arriving(5, () => post(traffic.nextRequest(5)))).toBe(5);
  });
});

describe("metrics", () => {
  it("balance after all of that, with the refusals counted apart by reason", async () => {
    const ledger = await collector.ledger();
    expect(unaccounted(ledger)).toBe(0);
    expect(ledger.received).toBeGreaterThan(1000);
    const metrics = await collector.metrics();
    for (const reason of ["malformed", "too_large", "too_deep", "unsupported"])
      expect(metrics.get(`headgate_requests_refused_total{reason="${reason}"}`), reason).toBeGreaterThan(0);
    expect(metrics.get("otlp_errors_total")).toBeGreaterThan(10);
    expect(metrics.get('otlp_request_duration_seconds{quantile="0.99"}')).toBeGreaterThan(0);
  });

  it.each([
    'otlp_request_duration_seconds{quantile="0.5"}',
    'otlp_request_duration_seconds{quantile="0.9"}',
    "otlp_errors_total",
    'otlp_queue_size{type="spans"}',
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
    "headgate_spans_received_total",
    'headgate_spans_sampled_out_total{tier="default"}',
    'headgate_spans_kept_total{tier="default"}',
    "headgate_spans_waiting",
    "headgate_spans_queued",
    "headgate_spans_delivered_total",
    'headgate_spans_dropped_total{reason="retry_exhausted"}',
    'headgate_spans_refused_total{reason="queue_full"}',
    'headgate_stage_duration_seconds_bucket{stage="export",le="+Inf"}',
    "headgate_batch_size_spans",
    "headgate_queue_capacity_spans",
  ])("have %s", async (name) => {
    expect((await collector.metrics()).has(name)).toBe(true);
  });

  it("are OpenMetrics for whoever asks for it, and tell the running configuration", async () => {
    const response = await fetch(`http://127.0.0.1:${collector.metricsPort}/metrics`, { headers: { accept: "application/openmetrics-text;version=1.0.0" } });
    const text = await response.text();
    expect(response.headers.get("content-type")).toContain("application/openmetrics-text");
    expect(text).toMatch(/headgate_config_info\{revision="0",hash="[0-9a-f]{64}"\} 1/);
    expect(text.endsWith("# EOF\n")).toBe(true);
  });

  it("stand beside /healthz and /readyz", async () => {
    const of = async (path: string) => (await fetch(`http://127.0.0.1:${collector.metricsPort}${path}`)).status;
    expect([await of("/healthz"), await of("/readyz"), await of("/else")]).toEqual([200, 200, 404]);
  });
});
