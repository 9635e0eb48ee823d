import { type ClientHttp2Session, connect, constants } from "node:http2";

export type TargetSettings = { endpoint: string /** Monotonic milliseconds. */; now: () => number /** 0 up to 1. */; random: () => number };

/** Outcomes in spans. Skipped: not even sent, because the endpoint had asked for a pause, was away, or had too much under way. */
export type TargetCounts = { endpoint: string; accepted: number; refused: number; failed: number; skipped: number };

export type Target = {
  readonly counts: TargetCounts;
  isReady(): boolean;
  /** Sends one ExportTraceServiceRequest; the outcome ends up in `counts`. */
  send(request: Buffer, spans: number): void;
  skip(spans: number): void;
  close(): void;
};

const EXPORT_PATH = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const IN_FLIGHT_MAX = 16;
const ANSWER_TIMEOUT_MS = 10_000;
const BACK_OFF_FIRST_MS = 250;
const BACK_OFF_MAX_MS = 15_000;
const WINDOW_BYTES = 16 * 1024 * 1024;

/** One OTLP/gRPC endpoint over one HTTP/2 connection that is opened again when it broke. Refusals and failures are answered with an exponential pause. */
export function createTarget({ endpoint, now, random }: TargetSettings): Target {
  const counts: TargetCounts = { endpoint, accepted: 0, refused: 0, failed: 0, skipped: 0 };
  let session: ClientHttp2Session | undefined;
  let inFlight = 0;
  let backOffMs = 0;
  let pausedUntil = 0;

  function backOff(): void {
    backOffMs = Math.min(BACK_OFF_MAX_MS, backOffMs === 0 ? BACK_OFF_FIRST_MS : backOffMs * 2);
    pausedUntil = now() + backOffMs * (0.5 + random() / 2);
  }

  function open(): ClientHttp2Session {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const opened = connect(endpoint, { settings: { initialWindowSize: WINDOW_BYTES } });
    // Each request under way gets its own error event and is counted there.
    opened.on("error", backOff);
    opened.on("goaway", () => opened.close());
    opened.on("close", () => {
      if (session === opened) session = undefined;
    });
    session = opened;
    return opened;
  }

  function answered(status: string | undefined, spans: number): void {
    if (status === "0") {
      counts.accepted += spans;
      backOffMs = 0;
      return;
    }
    // UNAVAILABLE and RESOURCE_EXHAUSTED are what a collector refuses with when it has too much.
    if (status === "14" || status === "8") counts.refused += spans;
    else counts.failed += spans;
    backOff();
  }

  return {
    counts,
    isReady: () => inFlight < IN_FLIGHT_MAX && now() >= pausedUntil,
    skip(spans) {
      counts.skipped += spans;
    },
    send(request, spans) {
      inFlight++;
      const stream = open().request({
        [constants.HTTP2_HEADER_METHOD]: "POST",
        [constants.HTTP2_HEADER_PATH]: EXPORT_PATH,
        [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/grpc",
        te: "trailers",
        "x-headgate-sample": "1",
      });
      let status: string | undefined;
      const note = (headers: Record<string, unknown>) => {
        const value = headers["grpc-status"];
        if (typeof value === "string") status = value;
      };
      stream.setTimeout(ANSWER_TIMEOUT_MS, () => stream.close(constants.NGHTTP2_CANCEL));
      stream.on("response", note);
      stream.on("trailers", note);
      // What went wrong shows as a missing grpc-status when the stream closes; `error` would otherwise end the process.
      stream.on("error", () => stream.close());
      stream.on("close", () => {
        inFlight--;
        answered(status, spans);
      });
      stream.resume();
      const frame = Buffer.allocUnsafe(5);
      frame.writeUInt8(0, 0);
      frame.writeUInt32BE(request.length, 1);
      stream.write(frame);
      stream.end(request);
    },
    close() {
      session?.destroy();
    },
  };
}
