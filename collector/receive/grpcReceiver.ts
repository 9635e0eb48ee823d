import http2 from "node:http2";
import { listen } from "../listen.ts";
import { GRPC } from "../status/rpcStatus.ts";
import type { Admission } from "./admission.ts";
import { type AboutRequest, type Answer, type Intake, type Refusal, refusal } from "./answer.ts";
import type { BodyPool } from "./bodyPool.ts";
import { decompress, type Encoding, parseEncoding } from "./decompress.ts";
import { type GrpcTrailers, grpcStatus, grpcTrailers } from "./grpcAnswer.ts";
import { RequestBody } from "./requestBody.ts";
import { SlowRequests } from "./slowRequests.ts";

const EXPORT_PATH = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
/** Half the CPU of the default windows: fewer WINDOW_UPDATE frames and no stalls (measured, shared sketches). */
const WINDOW_BYTES = 16_777_216;
const CONCURRENT_STREAMS_MAX = 1000;
const SESSION_MEMORY_MAX_MB = 256;
const CONNECTIONS_MAX = 10_000;
const FRAME_HEADER_BYTES = 5;
/** An empty ExportTraceServiceResponse as one gRPC message. */
const RESPONSE = Buffer.alloc(FRAME_HEADER_BYTES);
const RESPONSE_HEADERS = { ":status": 200, "content-type": "application/grpc" };
const OK_TRAILERS = { "grpc-status": "0" };

export type GrpcReceiver = {
  start(host: string, port: number): Promise<number>;
  /** No new request is let in, the ones being read are answered, then connections close; what is left at the deadline is cut. */
  shutdown(deadlineMs: number): Promise<void>;
};

type Parts = { intake: Intake; admission: Admission; pool: BodyPool; requestTimeoutMs: number };

/** OTLP/gRPC TraceService on node:http2. */
export function createGrpcReceiver(parts: Parts): GrpcReceiver {
  const sessions = new Set<http2.ServerHttp2Session>();
  const slow = new SlowRequests<Call>(parts.requestTimeoutMs, (call) => call.timeOut());
  const server = http2.createServer({
    settings: { initialWindowSize: WINDOW_BYTES, maxConcurrentStreams: CONCURRENT_STREAMS_MAX, enablePush: false },
    maxSessionMemory: SESSION_MEMORY_MAX_MB,
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.on("session", (session) => {
    sessions.add(session);
    session.setLocalWindowSize(WINDOW_BYTES);
    // A broken connection ends its own streams, each of which is accounted for there.
    session.on("error", () => session.destroy());
    session.on("close", () => sessions.delete(session));
  });
  server.on("sessionError", (_error, session) => session.destroy());
  server.on("stream", (stream, headers) => {
    stream.on("error", () => stream.destroy());
    const turnedAway = checkHead(headers);
    if (turnedAway !== undefined) {
      parts.intake.refused("unsupported");
      return turnedAway(stream);
    }
    const call = new Call(stream, parseEncoding(String(headers["grpc-encoding"] ?? "")), headers["x-headgate-sample"] === "1", parts, slow);
    call.begin();
  });
  return {
    start: (host, port) => listen(server, host, port),
    async shutdown(deadlineMs) {
      if (!server.listening) return;
      slow.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.close();
      const timer = setTimeout(() => {
        for (const session of sessions) session.destroy();
      }, deadlineMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function checkHead(headers: http2.IncomingHttpHeaders): ((stream: http2.ServerHttp2Stream) => void) | undefined {
  const type = headers["content-type"] ?? "";
  if (headers[":method"] !== "POST" || !(type === "application/grpc" || type.startsWith("application/grpc+") || type.startsWith("application/grpc;"))) {
    return (stream) => endWith(stream, { ":status": 415, "content-type": "text/plain" });
  }
  const path = headers[":path"];
  if (path !== EXPORT_PATH) return (stream) => trailersOnly(stream, grpcStatus(GRPC.unimplemented, `unknown method ${path}; this is ${EXPORT_PATH}`));
  const encoding = String(headers["grpc-encoding"] ?? "");
  if (parseEncoding(encoding) === undefined) {
    const trailers = grpcStatus(GRPC.unimplemented, `grpc-encoding ${encoding} is not supported; use identity, gzip or zstd`);
    return (stream) => trailersOnly(stream, { ...trailers, "grpc-accept-encoding": "identity,gzip,zstd" });
  }
  return undefined;
}

function trailersOnly(stream: http2.ServerHttp2Stream, trailers: GrpcTrailers & { "grpc-accept-encoding"?: string }): void {
  endWith(stream, { ...RESPONSE_HEADERS, ...trailers });
}

// A stream that the client has reset is closed before it is destroyed; respond() throws on either.
function isGone(stream: http2.ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed;
}

/** Ends the answer at once. What the client still sends is thrown away as it comes, so that the connection's window stays open. */
function endWith(stream: http2.ServerHttp2Stream, headers: http2.OutgoingHttpHeaders): void {
  if (isGone(stream) || stream.headersSent) return;
  stream.respond(headers, { endStream: true });
  if (!stream.readableEnded) {
    stream.resume();
    stream.close(http2.constants.NGHTTP2_NO_ERROR);
  }
}

/** One Export call, from its headers to its answer. */
class Call {
  readonly #stream: http2.ServerHttp2Stream;
  readonly #encoding: Encoding;
  readonly #isSample: boolean;
  readonly #parts: Parts;
  readonly #slow: SlowRequests<Call>;
  readonly #startedAt = performance.now();
  readonly #bytesMax: number;
  readonly #body: RequestBody;
  #networkMs = 0;
  #entered = false;
  #answered = false;

  constructor(stream: http2.ServerHttp2Stream, encoding: Encoding | undefined, isSample: boolean, parts: Parts, slow: SlowRequests<Call>) {
    this.#stream = stream;
    this.#encoding = encoding ?? "identity";
    this.#isSample = isSample;
    this.#parts = parts;
    this.#slow = slow;
    this.#bytesMax = parts.admission.settings.requestBytesMax;
    this.#body = new RequestBody(parts.pool, parts.admission, this.#bytesMax + FRAME_HEADER_BYTES);
  }

  get #about(): AboutRequest {
    return { isSample: this.#isSample, networkMs: this.#networkMs };
  }

  begin(): void {
    const turnedAway = this.#parts.admission.enter();
    if (turnedAway !== undefined) return this.#refuse(turnedAway);
    this.#entered = true;
    this.#slow.add(this, this.#startedAt);
    const stream = this.#stream;
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.on("end", () => this.#whole());
    stream.on("close", () => this.#leave());
  }

  timeOut(): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#parts.intake.refused("malformed");
    trailersOnly(this.#stream, grpcStatus(GRPC.deadlineExceeded, `the request was not complete after ${this.#parts.requestTimeoutMs} ms`));
    this.#leave();
  }

  #take(chunk: Buffer): void {
    if (this.#answered) return;
    const body = this.#body;
    const before = body.length;
    if (before === 0 && chunk.length >= FRAME_HEADER_BYTES) body.expect(chunk.readUInt32BE(1) + FRAME_HEADER_BYTES);
    const taken = body.append(chunk);
    if (taken === "too_large") return this.#refuse(this.#tooLarge());
    if (taken === "busy") return this.#refuse(refusal("busy", "too many bytes are being read at the same time", 1000));
    // Said as soon as the length is known, before the rest of a hopeless request is read.
    if (before < FRAME_HEADER_BYTES && body.length >= FRAME_HEADER_BYTES && body.bytes.readUInt32BE(1) > this.#bytesMax) this.#refuse(this.#tooLarge());
  }

  #tooLarge(): Refusal {
    return refusal("too_large", `the request has more than ${this.#bytesMax} bytes (receive.requestBytesMax)`);
  }

  #whole(): void {
    if (this.#answered) return;
    this.#networkMs = performance.now() - this.#startedAt;
    this.#parts.intake.network(this.#networkMs / 1000);
    const body = this.#body;
    const end = body.length;
    this.#parts.intake.bytesReceived(end);
    const flag = end >= FRAME_HEADER_BYTES ? body.bytes[0] : 2;
    if (flag > 1 || body.bytes.readUInt32BE(1) !== end - FRAME_HEADER_BYTES) {
      return this.#refuse(refusal("malformed", "the body is not exactly one gRPC message"));
    }
    if (flag === 0 || this.#encoding === "identity") {
      if (flag === 1) return this.#refuse(refusal("malformed", "the message is marked compressed, but grpc-encoding names no compression"));
      return this.#answer(this.#parts.intake.accept(body.bytes, FRAME_HEADER_BYTES, end, this.#about));
    }
    const plain = decompress(body.bytes.subarray(FRAME_HEADER_BYTES, end), this.#encoding, this.#bytesMax);
    if (plain instanceof Promise) void plain.then((result) => this.#decompressed(result));
    else this.#decompressed(plain);
  }

  #decompressed(plain: Buffer | Refusal): void {
    if (this.#answered) return;
    this.#answer(Buffer.isBuffer(plain) ? this.#parts.intake.accept(plain, 0, plain.length, this.#about) : this.#counted(plain));
  }

  #counted(refused: Refusal): Refusal {
    this.#parts.intake.refused(refused.reason);
    return refused;
  }

  #refuse(refused: Refusal): void {
    this.#answer(this.#counted(refused));
  }

  #answer(answer: Answer): void {
    this.#answered = true;
    const stream = this.#stream;
    if (!answer.ok) trailersOnly(stream, grpcTrailers(answer));
    else if (!isGone(stream)) {
      stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers(OK_TRAILERS));
      stream.end(RESPONSE);
    }
    if (this.#entered) this.#parts.intake.acknowledged((performance.now() - this.#startedAt) / 1000);
    this.#leave();
  }

  #leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    // A stream that closed before it was whole is the client's doing; nobody is left to answer.
    this.#answered = true;
    this.#slow.remove(this);
    this.#body.release();
    this.#parts.admission.leave();
  }
}
