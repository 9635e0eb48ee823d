import http2 from "node:http2";
import { listen } from "../listen.ts";
import { guardServer, serverTlsOptions } from "../security/secureServer.ts";
import { type ConnectionAge, type ConnectionEnd, type GrpcEngine, type GrpcEngineParts, type GrpcHead, type GrpcStream, jittered } from "./grpcEngine.ts";

/** Half the CPU of the default windows: fewer WINDOW_UPDATE frames and no stalls (measured, shared sketches). */
const WINDOW_BYTES = 16_777_216;
const SESSION_MEMORY_MAX_MB = 256;
const UNHEARD_REFUSALS_MAX = 1_000;
const STREAM_ID_MAX = 2_147_483_647;
/** For what the client has sent before it heard that the connection goes. */
const LAST_CALLS_MS = 1000;
const RESPONSE_HEADERS = { ":status": 200, "content-type": "application/grpc" };
const OK_TRAILERS = { "grpc-status": "0" };
/** An empty response as one gRPC message. */
const RESPONSE = Buffer.alloc(5);

/** On node:http2. */
export function createNodeGrpcEngine(parts: GrpcEngineParts): GrpcEngine {
  const sessions = new Set<http2.ServerHttp2Session>();
  let { streamsMax } = parts;
  let isDraining = false;
  const options: http2.ServerOptions = {
    // A client that keeps to maxConcurrentStreams waits by itself, without a refusal; what it sends before it has heard of it nghttp2 refuses (REFUSED_STREAM), and
    // breaking it ends the connection (RFC 9113, 5.1.2).
    settings: { initialWindowSize: WINDOW_BYTES, maxConcurrentStreams: streamsMax, enablePush: false },
    maxSessionMemory: SESSION_MEMORY_MAX_MB,
    maxSessionInvalidFrames: UNHEARD_REFUSALS_MAX,
  };
  const secure = serverTlsOptions(parts.security);
  const server = secure === undefined ? http2.createServer(options) : http2.createSecureServer({ ...options, ...secure });
  guardServer(server, parts.security);
  server.on("session", (session) => {
    const connection = parts.connected();
    sessions.add(session);
    session.setLocalWindowSize(WINDOW_BYTES);
    // A broken connection ends its own streams, each of which is accounted for there.
    let why: ConnectionEnd = "client";
    session.on("error", () => {
      why = "protocol_error";
      session.destroy();
    });
    const stopAging = age(session, parts.age, () => {
      why = "aged";
    });
    session.on("close", () => {
      stopAging();
      sessions.delete(session);
      parts.connectionEnded(isDraining ? "drained" : why);
    });
    // Streams beyond a limit that the client has not heard of yet are refused by nghttp2 without an event; they show as a gap in the ids. Node ends a session with
    // more of them than this, so a larger gap is something else.
    let lastId: number | undefined;
    let hadNotHeard = true;
    session.on("stream", (stream, headers) => {
      const id = stream.id ?? 0;
      const skipped = lastId === undefined || !hadNotHeard ? 0 : (id - lastId) / 2 - 1;
      if (skipped > 0 && skipped <= UNHEARD_REFUSALS_MAX) connection.refusedStreams(skipped);
      lastId = id;
      hadNotHeard = session.pendingSettingsAck;
      stream.on("error", () => stream.destroy());
      const reading = connection.call(headOf(headers), new NodeGrpcStream(stream));
      if (reading === undefined) return;
      stream.on("data", (chunk: Buffer) => {
        parts.buffersDropped(chunk.length);
        reading.data(chunk, 0, chunk.length);
      });
      stream.on("end", () => reading.end());
      stream.on("close", () => reading.closed());
    });
  });
  server.on("sessionError", (_error, session) => session.destroy());
  return {
    start: (host, port) => listen(server, host, port, parts.reusePort),
    setStreamsMax(next) {
      if (next === streamsMax) return;
      streamsMax = next;
      server.updateSettings({ maxConcurrentStreams: next });
      for (const session of sessions) if (!session.closed && !session.destroyed) session.settings({ maxConcurrentStreams: next });
    },
    async shutdown(deadlineMs) {
      if (!server.listening) return;
      isDraining = true;
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

/**
 * Asks a connection to go after its time. First with a GOAWAY that still lets in what is under way, so that no call is refused for it (RFC 9113, 6.8), then closing for new calls, then, when
 * the grace is over, cutting what is left.
 */
function age(session: http2.ServerHttp2Session, { maxMs, graceMs }: ConnectionAge, aged: () => void): () => void {
  if (maxMs === undefined) return () => undefined;
  let timer = setTimeout(() => {
    aged();
    session.goaway(http2.constants.NGHTTP2_NO_ERROR, STREAM_ID_MAX);
    timer = setTimeout(() => {
      session.close();
      timer = setTimeout(() => session.destroy(), graceMs);
    }, LAST_CALLS_MS);
  }, jittered(maxMs));
  return () => clearTimeout(timer);
}

function headOf(headers: http2.IncomingHttpHeaders): GrpcHead {
  return {
    method: headers[":method"] ?? "",
    path: headers[":path"] ?? "",
    contentType: headers["content-type"] ?? "",
    encoding: String(headers["grpc-encoding"] ?? ""),
    authorization: headers.authorization,
    isSample: headers["x-headgate-sample"] === "1",
  };
}

class NodeGrpcStream implements GrpcStream {
  readonly #stream: http2.ServerHttp2Stream;

  constructor(stream: http2.ServerHttp2Stream) {
    this.#stream = stream;
  }

  succeed(): void {
    const stream = this.#stream;
    if (isGone(stream)) return;
    stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(OK_TRAILERS));
    stream.end(RESPONSE);
  }

  fail(trailers: http2.OutgoingHttpHeaders): void {
    this.#endWith({ ...RESPONSE_HEADERS, ...trailers });
  }

  reject(httpStatus: number): void {
    this.#endWith({ ":status": httpStatus, "content-type": "text/plain" });
  }

  /** Ends the answer at once. What the client still sends is thrown away as it comes, so that the connection's window stays open. */
  #endWith(headers: http2.OutgoingHttpHeaders): void {
    const stream = this.#stream;
    if (isGone(stream) || stream.headersSent) return;
    stream.respond(headers, { endStream: true });
    if (!stream.readableEnded) {
      stream.resume();
      stream.close(http2.constants.NGHTTP2_NO_ERROR);
    }
  }
}

/** A stream that the client has reset is closed before it is destroyed; respond() throws on either. */
function isGone(stream: http2.ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed;
}
