import http from "node:http";
import http2 from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { answerGrpc, answerHttp } from "./answers.ts";
import { type BackendCall, type Behaviour, storesSpans } from "./behaviour.ts";
import { SpanIds } from "./spanIds.ts";
import { walkSpans } from "./walkSpans.ts";

export type FaultyBackend = {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly grpcUrl: string;
  readonly httpUrl: string;
  /** What happens to a call, looked at when its body has arrived (closing during the request: when its first bytes have). A function is asked for each call. */
  behaviour: Behaviour | ((call: BackendCall) => Behaviour);
  /** Spans stored, repeats included. */
  readonly spans: number;
  /** Which spans were stored; empty unless started with `identify`. */
  readonly ids: SpanIds;
  /** The last 100,000 calls, oldest first; how many there were in all stands in `callsTotal`. */
  readonly calls: readonly BackendCall[];
  readonly callsTotal: number;
  readonly open: number;
  readonly connections: number;
  /** Closes the listeners and every connection: connections are refused until `listen`. */
  refuseConnections(): Promise<void>;
  /** Listens on the same ports again. */
  listen(): Promise<void>;
  /** Resolves as soon as so many spans were stored. */
  reached(spans: number): Promise<void>;
  close(): Promise<void>;
};

const CALLS_MAX = 100_000;
const WINDOW_BYTES = 16 << 20;
const OK: Behaviour = { kind: "ok" };

/** An OTLP backend on gRPC and HTTP that does what it is told, call by call, and writes down what came. */
export async function startFaultyBackend({ identify = false, grpcPort = 0, httpPort = 0 } = {}): Promise<FaultyBackend> {
  const ids = new SpanIds();
  const sockets = new Set<Socket>();
  const sessions = new Set<http2.ServerHttp2Session>();
  const waiting = new Set<{ spans: number; resolve: () => void }>();
  let calls: BackendCall[] = [];
  let callsTotal = 0;
  let open = 0;
  let stored = 0;
  let ports = { grpc: grpcPort, http: httpPort };
  let servers: (http.Server | http2.Http2Server)[] = [];
  const backend = { behaviour: OK as FaultyBackend["behaviour"] };

  function begin(protocol: BackendCall["protocol"]): BackendCall {
    open++;
    callsTotal++;
    const call: BackendCall = { protocol, atMs: performance.now(), endedMs: Number.NaN, concurrency: open, outcome: "open", spans: 0 };
    if (calls.length >= CALLS_MAX * 2) calls = calls.slice(-CALLS_MAX);
    calls.push(call);
    return call;
  }

  function end(call: BackendCall): void {
    if (!Number.isNaN(call.endedMs)) return;
    open--;
    call.endedMs = performance.now();
    if (call.outcome === "open") call.outcome = "aborted";
  }

  const behaviourFor = (call: BackendCall) => (typeof backend.behaviour === "function" ? backend.behaviour(call) : backend.behaviour);
  const cutsShort = (behaviour: Behaviour) => behaviour.kind === "close" && behaviour.when === "duringRequest";

  /** Undefined for a body that is no request. */
  function store(bytes: Buffer, encoding: string | undefined, call: BackendCall, behaviour: Behaviour): boolean {
    try {
      const body = decompressed(bytes, encoding);
      const stores = storesSpans(behaviour);
      let left = behaviour.kind === "partial" ? behaviour.rejectedSpans : 0;
      const take = (high: number, low: number) => {
        if (left > 0) left--;
        else ids.add(high, low, call.atMs);
      };
      call.spans = walkSpans(body, identify && stores ? take : undefined);
      if (stores) stored += Math.max(0, call.spans - (behaviour.kind === "partial" ? behaviour.rejectedSpans : 0));
    } catch {
      call.outcome = "malformed";
      return false;
    }
    for (const one of waiting) {
      if (stored < one.spans) continue;
      waiting.delete(one);
      one.resolve();
    }
    return true;
  }

  function after(behaviour: Behaviour, answer: () => void): void {
    if (behaviour.delayMs === undefined) answer();
    else setTimeout(answer, behaviour.delayMs);
  }

  function onStream(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders): void {
    const call = begin("grpc");
    const parts: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("close", () => end(call));
    stream.on("data", (chunk: Buffer) => {
      if (parts.push(chunk) > 1 || !cutsShort(behaviourFor(call))) return;
      call.outcome = "close";
      stream.session?.destroy();
    });
    stream.on("end", () => {
      if (stream.destroyed) return;
      const behaviour = behaviourFor(call);
      const frame = Buffer.concat(parts);
      const done = () => {
        call.outcome = behaviour.kind;
        const encoding = frame[0] === 1 ? String(headers["grpc-encoding"]) : undefined;
        if (store(frame.subarray(5), encoding, call, behaviour)) answerGrpc(stream, behaviour);
        else answerGrpc(stream, { kind: "grpc", code: 3 });
      };
      after(behaviour, () => (stream.destroyed ? undefined : done()));
    });
  }

  function onRequest(request: http.IncomingMessage, response: http.ServerResponse): void {
    const call = begin("http");
    const parts: Buffer[] = [];
    request.on("error", () => {});
    response.on("close", () => end(call));
    request.on("data", (chunk: Buffer) => {
      if (parts.push(chunk) > 1 || !cutsShort(behaviourFor(call))) return;
      call.outcome = "close";
      request.socket.destroy();
    });
    request.on("end", () => {
      if (request.socket.destroyed) return;
      const behaviour = behaviourFor(call);
      after(behaviour, () => {
        if (request.socket.destroyed) return;
        call.outcome = behaviour.kind;
        if (store(Buffer.concat(parts), request.headers["content-encoding"], call, behaviour)) answerHttp(response, behaviour);
        else answerHttp(response, { kind: "http", status: 400 });
      });
    });
  }

  async function listen(): Promise<void> {
    if (servers.length > 0) return;
    const grpc = http2.createServer({ settings: { initialWindowSize: WINDOW_BYTES }, maxSessionMemory: 1024 });
    grpc.on("session", (session) => {
      sessions.add(session);
      session.setLocalWindowSize(WINDOW_BYTES);
      session.on("close", () => sessions.delete(session));
      session.on("error", () => session.destroy());
    });
    grpc.on("stream", onStream);
    const plain = http.createServer({ keepAliveTimeout: 60_000 }, onRequest);
    plain.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    servers = [grpc, plain];
    ports = { grpc: await bind(grpc, ports.grpc), http: await bind(plain, ports.http) };
  }

  async function refuseConnections(): Promise<void> {
    const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    servers = [];
    for (const session of sessions) session.destroy();
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  }

  await listen();
  return {
    get grpcPort() {
      return ports.grpc;
    },
    get httpPort() {
      return ports.http;
    },
    get grpcUrl() {
      return `http://127.0.0.1:${ports.grpc}`;
    },
    get httpUrl() {
      return `http://127.0.0.1:${ports.http}`;
    },
    get behaviour() {
      return backend.behaviour;
    },
    set behaviour(behaviour) {
      backend.behaviour = behaviour;
    },
    get spans() {
      return stored;
    },
    ids,
    get calls() {
      return calls.length > CALLS_MAX ? calls.slice(-CALLS_MAX) : calls;
    },
    get callsTotal() {
      return callsTotal;
    },
    get open() {
      return open;
    },
    get connections() {
      return sessions.size + sockets.size;
    },
    refuseConnections,
    listen,
    reached: (spans) => (stored >= spans ? Promise.resolve() : new Promise((resolve) => waiting.add({ spans, resolve }))),
    close: refuseConnections,
  };
}

function bind(server: http.Server | http2.Http2Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function decompressed(bytes: Buffer, encoding: string | undefined): Buffer {
  if (encoding === "gzip") return gunzipSync(bytes);
  return encoding === "zstd" ? zstdDecompressSync(bytes) : bytes;
}
