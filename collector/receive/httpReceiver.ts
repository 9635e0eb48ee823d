import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerOptions, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { listen } from "../listen.ts";
import { http } from "../nodeHttp.ts";
import { guardServer, serverTlsOptions } from "../security/secureServer.ts";
import { HTTP_PATHS, type OtlpSignal, signalOfHttpPath } from "../signals/otlpPaths.ts";
import { type Answer, type Refusal, type RefusalReason, refusal } from "./answer.ts";
import { Client } from "./client.ts";
import { decompress, type Encoding, parseEncoding } from "./decompress.ts";
import { type BodyKind, sendAccepted, sendStatus, unreadableAnswer } from "./httpAnswer.ts";
import { jsonToProtobuf } from "./jsonToProtobuf.ts";
import { NO_TOKEN, offerRequest, partsBySignal, type ReceiverParts } from "./offerRequest.ts";
import { RequestBody } from "./requestBody.ts";

const HEADER_BYTES_MAX = 16_384;
const KEEP_ALIVE_MS = 65_000;
/** How long the other side has to end a connection that was ended here. */
const LINGER_MS = 1_000;
/** How much of a refused body is read and thrown away to keep its connection; beyond it the connection is closed. */
const DISCARD_BYTES_MAX = 67_108_864;

const HTTP_CODES: Record<RefusalReason, number> = {
  queue_full: 429,
  busy: 503,
  draining: 503,
  memory_limit: 429,
  client_limit: 429,
  client_share: 429,
  wal_full: 429,
  wal_behind: 429,
  wal_failed: 429,
  malformed: 400,
  too_deep: 400,
  too_large: 413,
  unsupported: 415,
  unauthenticated: 401,
  not_taken: 501,
};

export type HttpReceiver = {
  start(host: string, port: number): Promise<number>;
  shutdown(deadlineMs: number): Promise<void>;
};

/** OTLP/HTTP: POST /v1/traces, /v1/metrics and /v1/logs, protobuf or JSON. */
export function createHttpReceiver(parts: ReceiverParts): HttpReceiver {
  const bySignal = partsBySignal(parts);
  const clients = new WeakMap<Socket, Client>();
  const clientOf = (socket: Socket) => {
    const known = clients.get(socket) ?? new Client();
    clients.set(socket, known);
    return known;
  };
  const secure = serverTlsOptions(parts.security);
  const options: ServerOptions = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: Math.min(10_000, parts.requestTimeoutMs),
    requestTimeout: parts.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, parts.requestTimeoutMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const handleRequest: RequestListener = (request, response) => handle(request, response, clientOf(request.socket), bySignal, parts);
  const server =
    secure === undefined
      ? http.createServer(options, handleRequest)
      : process.getBuiltinModule("node:https").createServer({ ...options, ...secure }, handleRequest);
  guardServer(server, parts.security);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // A client that has gone hears nothing, and has asked for nothing.
    if (error.code === "ECONNRESET" || error.code === "EPIPE" || !socket.writable) return void socket.destroy();
    parts.intake.refused("malformed");
    socket.end(unreadableAnswer(error.code));
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  });
  return {
    start: (host, port) => listen(server, host, port, parts.reusePort),
    async shutdown(deadlineMs) {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), deadlineMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function handle(request: IncomingMessage, response: ServerResponse, client: Client, bySignal: BySignal, parts: ReceiverParts): void {
  const startedAt = performance.now();
  const kind = bodyKind(request.headers["content-type"]);
  const path = (request.url ?? "").split("?", 1)[0];
  const signal = signalOfHttpPath(path);
  const entered = signal && bySignal[signal];
  response.on("error", () => response.destroy());
  const { cors, tokens } = parts.security;
  const { origin } = request.headers;
  const allowed = origin === undefined ? undefined : cors?.headers(origin);
  for (const [name, value] of Object.entries(allowed ?? {})) response.setHeader(name, value);
  const turnAway = (code: number, message: string, headers: OutgoingHttpHeaders = {}, reason: RefusalReason = "unsupported") => {
    (entered ?? parts).intake.refused(reason);
    keepOrClose(request, response);
    sendStatus(response, kind ?? "json", code, { message, retryAfterMs: undefined }, Math.random, headers);
  };
  if (signal === undefined || entered === undefined) return turnAway(404, `unknown path ${path}; OTLP goes to POST ${Object.values(HTTP_PATHS).join(", ")}`);
  if (request.method === "OPTIONS" && origin !== undefined && cors !== undefined) {
    // A browser that asks; without headers the answer means no.
    response.writeHead(204, cors.preflight(origin));
    response.end();
    return;
  }
  if (request.method !== "POST") return turnAway(405, `${request.method} is not supported here; use POST`, { allow: "POST" });
  if (tokens?.allow(request.headers.authorization) === false) return turnAway(401, NO_TOKEN, { "www-authenticate": "Bearer" }, "unauthenticated");
  if (kind === undefined) return turnAway(415, "content-type must be application/x-protobuf or application/json");
  const encoding = parseEncoding(request.headers["content-encoding"]);
  if (encoding === undefined) return turnAway(415, "content-encoding must be identity, gzip or zstd", { "accept-encoding": "identity, gzip, zstd" });
  read(request, response, { signal, kind, encoding, isSample: request.headers["x-headgate-sample"] === "1", startedAt }, client, entered);
}

type BySignal = ReturnType<typeof partsBySignal>;
type Head = { signal: OtlpSignal; kind: BodyKind; encoding: Encoding; isSample: boolean; startedAt: number };

function read(request: IncomingMessage, response: ServerResponse, head: Head, client: Client, parts: ReceiverParts): void {
  const { intake, admission, random = Math.random } = parts;
  const bytesMax = admission.settings.requestBytesMax;
  const answer = (given: Answer) => {
    if (given.ok) sendAccepted(response, head.kind);
    else sendStatus(response, head.kind, HTTP_CODES[given.reason], given, random);
  };
  const turnAway = (refused: Refusal) => {
    intake.refused(refused.reason);
    keepOrClose(request, response);
    answer(refused);
  };
  const refused = admission.enter(client);
  if (refused !== undefined) return turnAway(refused);
  const tooLarge = refusal("too_large", `the request has more than ${bytesMax} bytes (receive.requestBytesMax)`);
  const body = new RequestBody(parts.pool, admission, bytesMax);
  body.expect(Number(request.headers["content-length"] ?? 0) || 0);
  let done = false;
  let waiting: (() => number) | undefined;
  const finish = () => {
    if (done) return;
    done = true;
    if (waiting !== undefined) admission.turns.cancel(client.line, waiting);
    body.release();
    admission.leave(client);
  };
  const end = (given: Answer) => {
    // The client may have gone while the answer was on its way.
    if (done) return;
    answer(given);
    intake.acknowledged((performance.now() - head.startedAt) / 1000);
    finish();
  };
  const inTurn = (take: () => number) => {
    waiting = () => {
      waiting = undefined;
      return take();
    };
    admission.turns.take(client.line, waiting);
  };
  response.on("close", finish);
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) {
    turnAway(tooLarge);
    return finish();
  }
  request.on("data", (chunk: Buffer) => {
    if (done) return;
    const taken = body.append(chunk);
    if (taken === "ok") return;
    turnAway(taken === "too_large" ? tooLarge : refusal("busy", "too many bytes are being read at the same time", 1000));
    finish();
  });
  request.on("end", () => {
    if (done) return;
    const networkMs = performance.now() - head.startedAt;
    intake.network(networkMs / 1000);
    intake.bytesReceived(body.length);
    intake.buffersDropped(body.length);
    const offer = (plain: Buffer | Refusal, length: number): number => {
      const otlp = Buffer.isBuffer(plain) && head.kind === "json" ? jsonToProtobuf(plain, 0, length, head.signal) : plain;
      if (!Buffer.isBuffer(otlp)) {
        intake.refused(otlp.reason);
        end(otlp);
        return length;
      }
      const given = offerRequest(parts, client, otlp, 0, otlp === plain ? length : otlp.length, { isSample: head.isSample, networkMs });
      if (given instanceof Promise) {
        body.release();
        void given.then(end);
      } else end(given);
      return length;
    };
    const { encoding } = head;
    if (encoding === "identity") return inTurn(() => offer(body.bytes, body.length));
    inTurn(() => {
      const plain = decompress(body.bytes.subarray(0, body.length), encoding, bytesMax);
      const offerPlain = (result: Buffer | Refusal) => {
        const length = Buffer.isBuffer(result) ? result.length : 0;
        intake.buffersDropped(length);
        return offer(result, length);
      };
      if (!(plain instanceof Promise)) return offerPlain(plain);
      // Done by another thread; what comes out of it takes its turn again.
      void plain.then((result) => !done && inTurn(() => offerPlain(result)));
      return 0;
    });
  });
  // The client went away or broke the framing; `close` of the response gives everything back.
  request.on("error", () => response.destroy());
}

/** Reads the rest of a refused body into nothing, so that the connection can carry the next request; one that is too long is cut. */
function keepOrClose(request: IncomingMessage, response: ServerResponse): void {
  let left = DISCARD_BYTES_MAX;
  if (Number(request.headers["content-length"] ?? 0) > left) response.setHeader("connection", "close");
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.resume();
}

function bodyKind(contentType: string | undefined): BodyKind | undefined {
  const type = (contentType ?? "").split(";", 1)[0].trim().toLowerCase();
  if (type === "application/x-protobuf") return "protobuf";
  return type === "application/json" ? "json" : undefined;
}
