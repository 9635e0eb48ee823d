import http2 from "node:http2";
import { listen } from "../listen.ts";
import { GRPC } from "../status/rpcStatus.ts";
import { Client } from "./client.ts";
import { parseEncoding } from "./decompress.ts";
import { grpcStatus } from "./grpcAnswer.ts";
import { GrpcCall } from "./grpcCall.ts";
import { endWith, trailersOnly } from "./grpcStream.ts";
import type { ReceiverParts } from "./offerRequest.ts";
import { SlowRequests } from "./slowRequests.ts";

const EXPORT_PATH = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
/** Half the CPU of the default windows: fewer WINDOW_UPDATE frames and no stalls (measured, shared sketches). */
const WINDOW_BYTES = 16_777_216;
const SESSION_MEMORY_MAX_MB = 256;
const CONNECTIONS_MAX = 10_000;
const UNHEARD_REFUSALS_MAX = 1_000;

export type GrpcReceiver = {
  start(host: string, port: number): Promise<number>;
  /** No new request is let in, the ones being read are answered, then connections close; what is left at the deadline is cut. */
  shutdown(deadlineMs: number): Promise<void>;
};

/** OTLP/gRPC TraceService on node:http2. */
export function createGrpcReceiver(parts: ReceiverParts): GrpcReceiver {
  const { admission } = parts;
  const sessions = new Set<http2.ServerHttp2Session>();
  const slow = new SlowRequests<GrpcCall>(parts.requestTimeoutMs, (call) => call.timeOut());
  const server = http2.createServer({
    // A client that keeps to maxConcurrentStreams waits by itself, without a refusal; what it sends before it has heard of it nghttp2 refuses (REFUSED_STREAM), and
    // breaking it ends the connection (RFC 9113, 5.1.2).
    settings: { initialWindowSize: WINDOW_BYTES, maxConcurrentStreams: admission.settings.clientRequestsMax, enablePush: false },
    maxSessionMemory: SESSION_MEMORY_MAX_MB,
    maxSessionInvalidFrames: UNHEARD_REFUSALS_MAX,
  });
  server.maxConnections = CONNECTIONS_MAX;
  let announced = admission.settings.clientRequestsMax;
  const stopAnnouncing = admission.onChange(({ clientRequestsMax }) => {
    if (clientRequestsMax === announced) return;
    announced = clientRequestsMax;
    server.updateSettings({ maxConcurrentStreams: announced });
    for (const session of sessions) if (!session.closed && !session.destroyed) session.settings({ maxConcurrentStreams: announced });
  });
  server.on("session", (session) => {
    const client = new Client();
    sessions.add(session);
    session.setLocalWindowSize(WINDOW_BYTES);
    // A broken connection ends its own streams, each of which is accounted for there.
    session.on("error", () => session.destroy());
    session.on("close", () => sessions.delete(session));
    // Streams beyond a limit that the client has not heard of yet are refused by nghttp2 without an event; they show as a gap in the ids. Node ends a session with
    // more of them than this, so a larger gap is something else.
    let lastId: number | undefined;
    let hadNotHeard = true;
    session.on("stream", (stream, headers) => {
      const id = stream.id ?? 0;
      const skipped = lastId === undefined || !hadNotHeard ? 0 : (id - lastId) / 2 - 1;
      if (skipped <= UNHEARD_REFUSALS_MAX) for (let i = 0; i < skipped; i++) parts.intake.refused("client_limit");
      lastId = id;
      hadNotHeard = session.pendingSettingsAck;
      stream.on("error", () => stream.destroy());
      const turnedAway = checkHead(headers);
      if (turnedAway !== undefined) {
        parts.intake.refused("unsupported");
        return turnedAway(stream);
      }
      const encoding = parseEncoding(String(headers["grpc-encoding"] ?? "")) ?? "identity";
      new GrpcCall(stream, encoding, headers["x-headgate-sample"] === "1", client, parts, slow).begin();
    });
  });
  server.on("sessionError", (_error, session) => session.destroy());
  return {
    start: (host, port) => listen(server, host, port),
    async shutdown(deadlineMs) {
      if (!server.listening) return;
      slow.stop();
      stopAnnouncing();
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
