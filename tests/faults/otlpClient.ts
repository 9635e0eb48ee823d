import http from "node:http";
import http2 from "node:http2";
import { decodeRpcStatus } from "#collector/status/rpcStatus.ts";

/** `answer` is what was said: a status such as `grpc 14` or `http 429`, or why there was none. */
export type SendResult = { kind: "accepted" | "retryable" | "failed"; answer: string; retryAfterMs?: number };

/** One client: one connection, opened anew when it broke. */
export type OtlpClient = {
  /** Bytes to leave free before the request. */
  readonly headroom: number;
  /** Never rejects. The request is untouched afterwards and can be sent again. */
  send(request: Buffer, timeoutMs: number): Promise<SendResult>;
  close(): void;
};

const EXPORT_PATH = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const WINDOW_BYTES = 16 << 20;
const GRPC_HEAD = 5;
/** OTLP specification, "OTLP/gRPC Response" and "OTLP/HTTP Response"; RESOURCE_EXHAUSTED (8) only with RetryInfo. */
const GRPC_RETRYABLE = new Set([1, 4, 10, 11, 14, 15]);
const HTTP_RETRYABLE = new Set([429, 502, 503, 504]);

export function createGrpcClient(port: number): OtlpClient {
  let session: http2.ClientHttp2Session | undefined;
  const headers = { ":method": "POST", ":path": EXPORT_PATH, "content-type": "application/grpc", te: "trailers" };

  function connected(): http2.ClientHttp2Session {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const opened = http2.connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: WINDOW_BYTES, enablePush: false }, maxSessionMemory: 1024 });
    opened.on("error", () => {});
    opened.on("goaway", () => opened.close());
    session = opened;
    return opened;
  }

  return {
    headroom: GRPC_HEAD,
    send(request, timeoutMs) {
      const { promise, resolve } = Promise.withResolvers<SendResult>();
      request[0] = 0;
      request.writeUInt32BE(request.length - GRPC_HEAD, 1);
      const stream = connected().request(headers);
      let seen: http2.IncomingHttpHeaders = {};
      let failure = "closed";
      const timer = setTimeout(() => {
        failure = "timeout";
        stream.close(http2.constants.NGHTTP2_CANCEL);
      }, timeoutMs);
      stream.on("response", (given) => {
        seen = given;
      });
      stream.on("trailers", (given) => {
        seen = { ...seen, ...given };
      });
      stream.on("error", (error) => {
        if (failure === "closed") failure = "code" in error ? String(error.code) : error.message;
      });
      stream.on("close", () => {
        clearTimeout(timer);
        const status = seen["grpc-status"];
        const http = Number(seen[":status"] ?? 200);
        // A proxy's answer; gRPC, "HTTP to gRPC Status Code Mapping".
        if (status === undefined && http !== 200) return resolve({ kind: HTTP_RETRYABLE.has(http) ? "retryable" : "failed", answer: `http ${http}` });
        if (status === undefined) return resolve({ kind: "retryable", answer: failure });
        const code = Number(status);
        if (code === 0) return resolve({ kind: "accepted", answer: "grpc 0" });
        const details = seen["grpc-status-details-bin"];
        const retryAfterMs = typeof details === "string" ? decodeRpcStatus(Buffer.from(details, "base64"))?.retryAfterMs : undefined;
        const isRetryable = GRPC_RETRYABLE.has(code) || (code === 8 && retryAfterMs !== undefined);
        resolve({ kind: isRetryable ? "retryable" : "failed", answer: `grpc ${code}`, retryAfterMs });
      });
      stream.resume();
      stream.end(request);
      return promise;
    },
    close: () => session?.destroy(),
  };
}

/** `connectionsMax` as HTTP/1.1 needs one for each request that is under way. */
export function createHttpClient(port: number, connectionsMax: number, contentType = "application/x-protobuf"): OtlpClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connectionsMax });
  return {
    headroom: 0,
    send(request, timeoutMs) {
      const { promise, resolve } = Promise.withResolvers<SendResult>();
      const headers = { "content-type": contentType, "content-length": request.length };
      const call = http.request({ port, host: "127.0.0.1", path: "/v1/traces", method: "POST", agent, headers }, (response) => {
        response.on("end", () => resolve(resultOf(response)));
        response.on("error", () => resolve({ kind: "retryable", answer: "closed" }));
        response.resume();
      });
      const timer = setTimeout(() => {
        resolve({ kind: "retryable", answer: "timeout" });
        call.destroy();
      }, timeoutMs);
      call.on("error", (error) => resolve({ kind: "retryable", answer: "code" in error ? String(error.code) : error.message }));
      call.on("close", () => {
        clearTimeout(timer);
        resolve({ kind: "retryable", answer: "closed" });
      });
      call.end(request);
      return promise;
    },
    close: () => agent.destroy(),
  };
}

function resultOf(response: http.IncomingMessage): SendResult {
  const code = response.statusCode ?? 0;
  const answer = `http ${code}`;
  if (code >= 200 && code < 300) return { kind: "accepted", answer };
  if (!HTTP_RETRYABLE.has(code)) return { kind: "failed", answer };
  const given = response.headers["retry-after"];
  if (given === undefined) return { kind: "retryable", answer };
  const retryAfterMs = /^\d+$/.test(given) ? Number(given) * 1000 : Math.max(0, Date.parse(given) - Date.now());
  return { kind: "retryable", answer, retryAfterMs };
}
