import { rmSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BATCH_HEADROOM, type Batch } from "#collector/deliver/batch.ts";
import type { Exporter } from "#collector/deliver/exporter.ts";
import { createOtlpGrpcExporter } from "#collector/deliver/otlpGrpcExporter.ts";
import { createOtlpHttpExporter } from "#collector/deliver/otlpHttpExporter.ts";
import { encodeRpcStatus } from "#collector/status/rpcStatus.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { EXPORT_PATH } from "../fixtures/grpcCall.ts";
import { type CollectorRun, startCollector } from "../fixtures/managedCollector.ts";
import { readSpans } from "../fixtures/readSpans.ts";

// What docs/otlp-conformance.md lists and no other test shows.

const request = createTraffic({ seed: 3, now: Date.now }).nextRequest(10);

describe("the server", () => {
  let folder: string;
  let collector: CollectorRun;
  beforeAll(async () => {
    folder = temporaryFolder();
    collector = await startCollector(folder, { config: { export: { kind: "discard" }, pipeline: { wal: { enabled: false } } } });
  });
  afterAll(async () => {
    await collector.process.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** One call by hand; everything of the answer. */
  function call(message: Buffer): Promise<{ headers: http2.IncomingHttpHeaders; trailers: http2.IncomingHttpHeaders; body: Buffer }> {
    const session = http2.connect(`http://127.0.0.1:${collector.otlpGrpc}`);
    const stream = session.request({ ":method": "POST", ":path": EXPORT_PATH, "content-type": "application/grpc", te: "trailers" });
    let headers: http2.IncomingHttpHeaders = {};
    let trailers: http2.IncomingHttpHeaders = {};
    const parts: Buffer[] = [];
    stream.on("response", (given) => {
      headers = given;
    });
    stream.on("trailers", (given) => {
      trailers = given;
    });
    stream.on("data", (chunk: Buffer) => parts.push(chunk));
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([head, message]));
    return new Promise((resolve, reject) => {
      stream.on("error", reject);
      stream.on("close", () => {
        session.close();
        resolve({ headers, trailers, body: Buffer.concat(parts) });
      });
    });
  }

  const post = (body: Buffer | string, type = "application/x-protobuf", path = "/v1/traces") =>
    fetch(`http://127.0.0.1:${collector.otlpHttp}${path}`, { method: "POST", headers: { "content-type": type }, body: new Uint8Array(Buffer.from(body)) });

  it("answers success over gRPC with an ExportTraceServiceResponse whose partial_success is unset", async () => {
    const { headers, trailers, body } = await call(request);
    expect([headers[":status"], headers["content-type"], trailers["grpc-status"]]).toEqual([200, "application/grpc", "0"]);
    // An uncompressed message of no bytes.
    expect(body).toEqual(Buffer.alloc(5));
  });

  it("answers an empty request over HTTP with success, in protobuf and in JSON", async () => {
    const protobuf = await post(Buffer.alloc(0));
    expect([protobuf.status, (await protobuf.arrayBuffer()).byteLength]).toEqual([200, 0]);
    const json = await post("{}", "application/json");
    expect([json.status, await json.text()]).toEqual([200, "{}"]);
    expect((await post('{"resourceSpans":[{"scopeSpans":[{"spans":[]}]}]}', "application/json")).status).toBe(200);
  });

  it("keeps its answers short, whatever it was asked", async () => {
    const long = await post(request, "application/x-protobuf", `/${"x".repeat(15_000)}`);
    expect([long.status, (await long.arrayBuffer()).byteLength < 65_536]).toEqual([404, true]);
    const deep = await post(JSON.stringify({ resourceSpans: [{ [`${"k".repeat(500_000)}`]: 1, scopeSpans: "no list" }] }), "application/json");
    expect([deep.status, (await deep.arrayBuffer()).byteLength < 65_536]).toEqual([400, true]);
    const { headers } = await call(Buffer.alloc(200_000, 0xff));
    expect(String(headers["grpc-message"]).length).toBeLessThan(4000);
  });

  it("takes the field names of JSON in lowerCamelCase alone: others are unknown fields", async () => {
    const received = async () => (await collector.ledger()).received;
    const before = await received();
    const span = { traceId: "5B8EFFF798038103D269B633813FC60C", spanId: "eee19b7ec3c1b174", trace_id: 5, start_time_unix_nano: "no number" };
    expect((await post(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }], resource_spans: 7 }), "application/json")).status).toBe(200);
    expect(await received()).toBe(before + 1);
  });

  it("takes protobuf and JSON on one port, and on one connection", async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const send = (body: Buffer | string, type: string) =>
      new Promise<[number | undefined, string | undefined, number | undefined]>((resolve, reject) => {
        const sent = http.request(
          { port: collector.otlpHttp, host: "127.0.0.1", path: "/v1/traces", method: "POST", agent, headers: { "content-type": type } },
          (response) => {
            const { localPort } = response.socket;
            response.resume().on("end", () => resolve([response.statusCode, response.headers["content-type"], localPort]));
          },
        );
        sent.on("error", reject);
        sent.end(body);
      });
    const [first, second] = [await send(request, "application/x-protobuf"), await send("{}", "application/json")];
    expect(first.slice(0, 2)).toEqual([200, "application/x-protobuf"]);
    expect(second.slice(0, 2)).toEqual([200, "application/json"]);
    expect(second[2]).toBe(first[2]);
    agent.destroy();
  });
});

describe("the client", () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  function batch(): Batch {
    const buffer = Buffer.concat([Buffer.alloc(BATCH_HEADROOM), request]);
    return { number: 0, buffer, end: buffer.length, spans: 10, firstAt: 0, logged: undefined, release() {} };
  }

  async function listening(server: http.Server | http2.Http2Server): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    closing.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function exporter(protocol: "grpc" | "http", endpoint: string, compression: "none" | "gzip" = "none"): Exporter {
    const settings = { kind: "otlp" as const, protocol, endpoint, compression, headers: {} };
    const made = protocol === "grpc" ? createOtlpGrpcExporter(settings) : createOtlpHttpExporter(settings, 2, () => Date.parse("2026-01-01T00:00:00Z"));
    closing.push(() => made.close(0));
    return made;
  }

  /** An exporter over HTTP, and a server that answers it so. */
  async function overHttp(answer: (request: http.IncomingMessage, response: http.ServerResponse) => void, compression: "none" | "gzip" = "none") {
    const seen: { headers: http.IncomingHttpHeaders; method: string | undefined; body: Buffer; port: number | undefined }[] = [];
    const server = http.createServer((incoming, response) => {
      const parts: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => parts.push(chunk));
      incoming.on("end", () => {
        seen.push({ headers: incoming.headers, method: incoming.method, body: Buffer.concat(parts), port: incoming.socket.remotePort });
        answer(incoming, response);
      });
    });
    closing.push(() => server.closeAllConnections());
    return { client: exporter("http", await listening(server), compression), seen };
  }

  it("posts protobuf, says so, and says when it is gzip; it asks for no compressed answer", async () => {
    for (const compression of ["none", "gzip"] as const) {
      const { client, seen } = await overHttp((_request, response) => response.end(), compression);
      expect(await client.export(batch(), 10_000)).toMatchObject({ kind: "delivered" });
      expect(seen[0].method).toBe("POST");
      expect([seen[0].headers["content-type"], seen[0].headers["content-encoding"], seen[0].headers["accept-encoding"]]).toEqual([
        "application/x-protobuf",
        compression === "gzip" ? "gzip" : undefined,
        undefined,
      ]);
      if (compression === "none") expect(readSpans(seen[0].body)).toHaveLength(10);
    }
  });

  it("keeps its connection between requests", async () => {
    const { client, seen } = await overHttp((_request, response) => response.end());
    for (let i = 0; i < 3; i++) await client.export(batch(), 10_000);
    expect(new Set(seen.map(({ port }) => port)).size).toBe(1);
  });

  it.each([429, 502, 503, 504])("may try again after HTTP %i, no sooner than it is told", async (code) => {
    const { client } = await overHttp((_request, response) => response.writeHead(code, { "retry-after": "7" }).end());
    expect(await client.export(batch(), 10_000)).toMatchObject({ kind: "retryable", retryAfterMs: 7000 });
    const dated = await overHttp((_request, response) => response.writeHead(code, { "retry-after": "Thu, 01 Jan 2026 00:00:20 GMT" }).end());
    expect(await dated.client.export(batch(), 10_000)).toMatchObject({ kind: "retryable", retryAfterMs: 20_000 });
    const silent = await overHttp((_request, response) => response.writeHead(code).end());
    expect(await silent.client.export(batch(), 10_000)).toMatchObject({ kind: "retryable", retryAfterMs: undefined });
  });

  it.each([400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 431, 500, 501, 505])("never tries again after HTTP %i, whatever else it says", async (code) => {
    const status = encodeRpcStatus({ code: 14, message: "later", retryAfterMs: 1000 });
    const { client } = await overHttp((_request, response) =>
      response.writeHead(code, { "retry-after": "1", "content-type": "application/x-protobuf" }).end(status),
    );
    expect(await client.export(batch(), 10_000)).toMatchObject({ kind: "permanent", message: expect.stringContaining("later") });
  });

  it("tries again when the connection ends without an answer, or cannot be made", async () => {
    const { client } = await overHttp((incoming) => incoming.socket.destroy());
    expect(await client.export(batch(), 10_000)).toMatchObject({ kind: "retryable" });
    for (const protocol of ["grpc", "http"] as const) {
      expect(await exporter(protocol, "http://127.0.0.1:1").export(batch(), 10_000)).toMatchObject({ kind: "retryable" });
    }
  });

  it("takes a partial success over HTTP for delivered, so that nothing of it is sent again", async () => {
    const { client } = await overHttp((_request, response) =>
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end(Buffer.from([0x0a, 2, 8, 3])),
    );
    expect(await client.export(batch(), 10_000)).toMatchObject({ kind: "delivered", rejectedSpans: 3 });
  });

  it("takes an answer of more than 4 MiB for a failure for good, and reads no more of it: HTTP", async () => {
    for (const code of [200, 503]) {
      const { client } = await overHttp((_request, response) => {
        response.writeHead(code, { "content-type": "application/x-protobuf" });
        response.end(Buffer.alloc(5_000_000));
      });
      expect(await client.export(batch(), 30_000)).toMatchObject({ kind: "permanent", message: expect.stringContaining("more than 4194304 bytes") });
    }
    const { client } = await overHttp((_request, response) => response.writeHead(200).end(Buffer.alloc(4_000_000)));
    expect(await client.export(batch(), 30_000)).toMatchObject({ kind: "delivered" });
  });

  it("takes an answer of more than 4 MiB for a failure for good, and reads no more of it: gRPC", async () => {
    const server = http2.createServer();
    const sessions = new Set<http2.ServerHttp2Session>();
    server.on("session", (session) => sessions.add(session));
    server.on("stream", (stream) => {
      stream.on("error", () => {});
      stream.resume();
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.alloc(5_000_000));
    });
    const client = exporter("grpc", await listening(server));
    closing.push(() => {
      for (const session of sessions) session.destroy();
    });
    expect(await client.export(batch(), 30_000)).toMatchObject({ kind: "permanent", message: expect.stringContaining("more than 4194304 bytes") });
  });
});
