import { readFileSync, rmSync } from "node:fs";
import http2 from "node:http2";
import net, { type AddressInfo, type Socket } from "node:net";
import grpc from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { BATCH_HEADROOM, type Batch } from "#collector/deliver/batch.ts";
import { createOtlpGrpcExporter } from "#collector/deliver/otlpGrpcExporter.ts";
import { block, END_HEADERS, END_STREAM, frame, setting } from "#collector/http2/frameTestData.ts";
import { FRAME } from "#collector/http2/http2.ts";
import type { ExportTlsSettings } from "#domain/pipeline/exportSettings.ts";
import { createAuthority, writeAuthority, writeCertificate } from "../fixtures/certificates.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function exporterTo(endpoint: string, headers: Record<string, string> = {}, tls?: ExportTlsSettings) {
  const exporter = createOtlpGrpcExporter({ kind: "otlp", protocol: "grpc", endpoint, compression: "none", headers, tls });
  ends.push(() => exporter.close(1_000));
  return exporter;
}

/** A batch of so many bytes after its headroom, each of them telling where it stands. */
function batchOf(bytes: number, number = 0): Batch {
  const buffer = Buffer.alloc(BATCH_HEADROOM + bytes + 100);
  for (let at = 0; at < bytes; at++) buffer[BATCH_HEADROOM + at] = (at * 31 + number) % 253;
  return { number, buffer, end: BATCH_HEADROOM + bytes, spans: 1, firstAt: 0, logged: undefined, release: () => undefined };
}

const payloadOf = (batch: Batch) => Buffer.from(batch.buffer.subarray(BATCH_HEADROOM, batch.end));

async function listening(server: net.Server | http2.Http2Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Seen = { bodies: Buffer[]; headers: http2.IncomingHttpHeaders[]; sessions: http2.ServerHttp2Session[] };

/** A server of node:http2 that takes everything; `each` may do something else. */
async function nodeServer(options: http2.SecureServerOptions, each: (stream: http2.ServerHttp2Stream, ok: () => void) => void = (_stream, ok) => ok()) {
  const seen: Seen = { bodies: [], headers: [], sessions: [] };
  const server = options.cert === undefined ? http2.createServer(options) : http2.createSecureServer(options);
  server.on("session", (session) => {
    session.on("error", () => undefined);
    seen.sessions.push(session);
  });
  server.on("stream", (stream, headers) => {
    seen.headers.push(headers);
    const parts: Buffer[] = [];
    stream.on("error", () => undefined);
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => {
      if (stream.destroyed) return;
      seen.bodies.push(Buffer.concat(parts));
      each(stream, () => {
        stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
        stream.end(Buffer.alloc(5));
      });
    });
  });
  ends.push(() => {
    for (const session of seen.sessions) session.destroy();
    server.close();
  });
  const endpoint = await listening(server);
  return { seen, endpoint: options.cert === undefined ? endpoint : endpoint.replace("http:", "https:") };
}

/** A server of bare sockets; `speak` is called for each connection, counted from 0. */
async function bareServer(speak: (socket: Socket, number: number) => void) {
  const sockets: Socket[] = [];
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined);
    sockets.push(socket);
    speak(socket, sockets.length - 1);
  });
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { sockets, endpoint: await listening(server) };
}

const SETTINGS = frame(FRAME.settings, 0, 0);
const HEAD = frame(FRAME.headers, END_HEADERS, 1, block([":status", "200"], ["content-type", "application/grpc"]));
const ANSWER = Buffer.concat([HEAD, frame(FRAME.data, 0, 1, Buffer.alloc(5)), frame(FRAME.headers, END_HEADERS | END_STREAM, 1, block(["grpc-status", "0"]))]);

/** What a client sends before its first call: preface, SETTINGS and a window update. */
const OPENING = 24 + 9 + 18 + 13;

/** Calls `then` once so many bytes have come, and throws away all others. */
function whenReceived(socket: Socket, bytes: number, then: () => void): void {
  let received = 0;
  const take = (chunk: Buffer) => {
    received += chunk.length;
    if (received < bytes) return;
    socket.off("data", take);
    socket.resume();
    then();
  };
  socket.on("data", take);
}

describe("an OTLP/gRPC exporter", () => {
  it("delivers batches of any size, many at a time, to a server of grpc-js, byte by byte", { timeout: 60_000 }, async () => {
    const bodies: Buffer[] = [];
    const server = new grpc.Server();
    const raw = (bytes: Buffer) => bytes;
    server.addService(
      {
        export: {
          ...{ path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export", requestStream: false, responseStream: false },
          ...{ requestSerialize: raw, requestDeserialize: raw, responseSerialize: raw, responseDeserialize: raw },
        },
      },
      {
        export: (call: grpc.ServerUnaryCall<Buffer, Buffer>, answer: grpc.sendUnaryData<Buffer>) => {
          bodies.push(call.request);
          if (call.request.length === 77) answer({ code: grpc.status.INVALID_ARGUMENT, details: "not ü" });
          else answer(null, Buffer.alloc(0));
        },
      },
    );
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
    );
    ends.push(() => server.forceShutdown());
    const exporter = exporterTo(`http://127.0.0.1:${port}`);
    const batches = [0, 1, 100, 65_535, 65_536, 1_000_000, 3_000_000, ...Array.from({ length: 30 }, (_, i) => 150_000 + i)].map(batchOf);
    const outcomes = await Promise.all(batches.map((batch) => exporter.export(batch, 30_000)));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["delivered"]));
    const arrived = new Set(bodies.map((body) => body.toString("base64")));
    for (const batch of batches) expect(arrived.has(payloadOf(batch).toString("base64"))).toBe(true);
    expect(await exporter.export(batchOf(77), 30_000)).toEqual({ kind: "permanent", message: "gRPC status 3: not ü" });
  });

  it("keeps to small windows and to one stream at a time, on one connection", { timeout: 60_000 }, async () => {
    const { seen, endpoint } = await nodeServer({ settings: { initialWindowSize: 3_000, maxConcurrentStreams: 1, maxFrameSize: 20_000 } });
    const exporter = exporterTo(endpoint);
    const batches = Array.from({ length: 8 }, (_, i) => batchOf(40_000 * i, i));
    const outcomes = await Promise.all(batches.map((batch) => exporter.export(batch, 30_000)));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["delivered"]));
    expect(seen.bodies.map((body) => body.subarray(5).equals(payloadOf(batches[seen.bodies.indexOf(body)])))).toEqual(batches.map(() => true));
    expect(seen.sessions).toHaveLength(1);
  });

  it("delivers over TLS too, larger batches than the socket takes at once", { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const authority = await createAuthority("backends");
    const caFile = await writeAuthority(authority, folder);
    const { certFile, keyFile } = await writeCertificate(authority, folder, "backend");
    const { seen, endpoint } = await nodeServer({ settings: { initialWindowSize: 10_000_000 }, cert: readFileSync(certFile), key: readFileSync(keyFile) });
    const exporter = exporterTo(endpoint, {}, { caFile, insecureSkipVerify: false });
    const batches = Array.from({ length: 8 }, (_, i) => batchOf(900_000 * i + 10, i));
    const outcomes = await Promise.all(batches.map((batch) => exporter.export(batch, 30_000)));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["delivered"]));
    const arrived = new Set(seen.bodies.map((body) => body.toString("base64", 5)));
    for (const batch of batches) expect(arrived.has(payloadOf(batch).toString("base64"))).toBe(true);
    expect(seen.sessions).toHaveLength(1);
  });

  it("sends what gRPC asks for, and all headers that may be given", async () => {
    const { seen, endpoint } = await nodeServer({ settings: { maxHeaderListSize: 1_000_000 }, maxHeaderListPairs: 200 });
    const given = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`x-${i}`, String(i).repeat(4_096)]));
    expect((await exporterTo(`${endpoint}/base/`, { authorization: "Bearer key", ...given }).export(batchOf(10), 5_000)).kind).toBe("delivered");
    expect(seen.headers[0]).toMatchObject({
      ":method": "POST",
      ":scheme": "http",
      ":authority": endpoint.slice("http://".length),
      ":path": "/base/opentelemetry.proto.collector.trace.v1.TraceService/Export",
      te: "trailers",
      "content-type": "application/grpc",
      "grpc-timeout": "5000m",
      "user-agent": "headgate-collector",
      authorization: "Bearer key",
      ...given,
    });
  });

  it("sends again at once what a connection that goes away has not looked at", async () => {
    const { sockets, endpoint } = await bareServer((socket, number) => {
      socket.write(SETTINGS);
      const gone = frame(FRAME.goAway, 0, 0, Buffer.alloc(8));
      whenReceived(socket, OPENING + 1_000, () => socket.write(number < 2 ? gone : ANSWER));
    });
    expect((await exporterTo(endpoint).export(batchOf(1_000), 10_000)).kind).toBe("delivered");
    expect(sockets).toHaveLength(3);
  });

  it("follows a server that replaces its connections under load, without a try that fails", { timeout: 60_000 }, async () => {
    let count = 0;
    const { seen, endpoint } = await nodeServer({}, (stream, ok) => {
      ok();
      if (++count % 5 === 0) stream.session?.close();
    });
    const exporter = exporterTo(endpoint);
    const one = async () => {
      for (let i = 0; i < 25; i++) expect(await exporter.export(batchOf(70_000), 20_000)).toMatchObject({ kind: "delivered" });
    };
    await Promise.all([one(), one(), one()]);
    expect(seen.sessions.length).toBeGreaterThan(5);
  });

  it("ends its connection when it is closed, and makes another when it is used again", async () => {
    const { seen, endpoint } = await nodeServer({});
    const exporter = exporterTo(endpoint);
    for (let i = 1; i <= 2; i++) {
      expect((await exporter.export(batchOf(10), 5_000)).kind).toBe("delivered");
      await exporter.close(5_000);
      await waitFor("the end of the connection", () => seen.sessions.every((session) => session.destroyed) || undefined);
      expect(seen.sessions).toHaveLength(i);
    }
  });

  // The first connection is cut there; the one after it answers.
  it.each<[string, (socket: Socket) => void]>([
    ["at once", (socket) => void socket.destroy()],
    ["after the preface", (socket) => whenReceived(socket, OPENING, () => socket.destroy())],
    ["after its settings", (socket) => whenReceived(socket, OPENING, () => socket.end(SETTINGS))],
    ["inside a frame", (socket) => whenReceived(socket, OPENING, () => socket.end(SETTINGS.subarray(0, 5)))],
    [
      "after the first bytes of the body",
      (socket) => {
        socket.write(SETTINGS);
        whenReceived(socket, OPENING + 1_000, () => socket.resetAndDestroy());
      },
    ],
    [
      "after the headers of the answer",
      (socket) => {
        socket.write(SETTINGS);
        whenReceived(socket, OPENING + 20_000, () => socket.end(HEAD));
      },
    ],
    [
      "inside the trailers",
      (socket) => {
        socket.write(SETTINGS);
        whenReceived(socket, OPENING + 20_000, () => socket.end(ANSWER.subarray(0, ANSWER.length - 1)));
      },
    ],
  ])("whose connection is cut %s may try again, on another", async (_, cut) => {
    const { sockets, endpoint } = await bareServer((socket, number) => {
      if (number === 0) return cut(socket);
      socket.write(SETTINGS);
      whenReceived(socket, OPENING + 20_000, () => socket.write(ANSWER));
    });
    const exporter = exporterTo(endpoint);
    expect(await exporter.export(batchOf(20_000), 10_000)).toMatchObject({
      kind: "retryable",
      message: expect.stringContaining("the connection was closed before an answer came"),
    });
    expect((await exporter.export(batchOf(20_000), 10_000)).kind).toBe("delivered");
    expect(sockets).toHaveLength(2);
  });

  it.each<[string, RegExp, Buffer[]]>([
    ["HTTP/1.1", /does not begin with SETTINGS/, [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")]],
    ["a flood of SETTINGS", /too many frames/, [Buffer.concat(Array.from({ length: 50_000 }, () => SETTINGS))]],
  ])("whose backend sends %s loses that connection, and says why", async (_, message, sent) => {
    const { sockets, endpoint } = await bareServer((socket) => {
      socket.resume();
      for (const bytes of sent) socket.write(bytes);
    });
    expect(await exporterTo(endpoint).export(batchOf(20), 10_000)).toMatchObject({ kind: "retryable", message: expect.stringMatching(message) });
    await waitFor("the end of the connection", () => sockets[0].destroyed || undefined);
  });

  it.each<[string, Buffer]>([
    ["never says anything", Buffer.alloc(0)],
    ["never answers", SETTINGS],
    ["never widens its window", frame(FRAME.settings, 0, 0, setting(4, 0))],
    ["lets no stream in", frame(FRAME.settings, 0, 0, setting(3, 0))],
  ])("whose backend %s gives up in its time, and tries on another connection", async (_, said) => {
    const { sockets, endpoint } = await bareServer((socket) => {
      socket.resume();
      socket.write(said);
    });
    const exporter = exporterTo(endpoint);
    for (let i = 1; i <= 2; i++) {
      expect(await exporter.export(batchOf(200_000), 200)).toMatchObject({ kind: "retryable", message: expect.stringContaining("no answer within 200 ms") });
      expect(sockets).toHaveLength(i);
    }
    await waitFor("the end of both connections", () => sockets.every((socket) => socket.readableEnded || socket.destroyed) || undefined);
  });

  it("whose backend does not read gives up in its time, and that backend gets nothing but what it was to get", async () => {
    const wide = Buffer.concat([frame(FRAME.settings, 0, 0, setting(4, 0x7fffffff)), frame(FRAME.windowUpdate, 0, 0, Buffer.from([0x7f, 0, 0, 0]))]);
    const received: Buffer[] = [];
    const { sockets, endpoint } = await bareServer((socket) => {
      socket.pause();
      socket.write(wide);
    });
    const exporter = exporterTo(endpoint);
    const batch = batchOf(30_000_000);
    expect(await exporter.export(batch, 500)).toMatchObject({ kind: "retryable", message: expect.stringContaining("no answer within") });
    // As it may be used for another batch from now on.
    batch.buffer.fill(255);
    sockets[0].on("data", (part: Buffer) => received.push(part));
    const closed = new Promise<void>((resolve) => sockets[0].once("close", () => resolve()));
    sockets[0].resume();
    await closed;
    const all = Buffer.concat(received);
    expect([all.length > 100_000, all.length < 30_000_000, all.includes(Buffer.alloc(1_000, 255))]).toEqual([true, true, false]);
  });
});
