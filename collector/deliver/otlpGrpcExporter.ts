import http2 from "node:http2";
import type { OtlpExportSettings } from "#domain/pipeline/exportSettings.ts";
import { explainClosed, explainFailure } from "../security/explainFailure.ts";
import { GRPC_PATHS, type OtlpSignal } from "../signals/otlpPaths.ts";
import { BATCH_HEADROOM, type Batch } from "./batch.ts";
import { ClientTls, type SecureOptions } from "./clientTls.ts";
import { compressPayload } from "./compressPayload.ts";
import type { Exporter, ExportOutcome } from "./exporter.ts";
import { outcomeOfGrpc } from "./grpcOutcome.ts";

const WINDOW_BYTES = 16_777_216;
const SESSION_MEMORY_MAX_MB = 1024;
/** OTLP specification, "OTLP/gRPC Response": a larger answer is a failure for good. Compressed ones are not asked for. */
const RESPONSE_BYTES_MAX = 4_194_304;

/** OTLP/gRPC over one HTTP/2 connection, opened when it is needed and opened anew after it broke, went away or stopped answering. */
export function createOtlpGrpcExporter(settings: OtlpExportSettings, signal: OtlpSignal = "traces"): Exporter {
  const url = new URL(settings.endpoint);
  const headers: http2.OutgoingHttpHeaders = {
    ...settings.headers,
    ":method": "POST",
    ":path": `${url.pathname.replace(/\/$/, "")}${GRPC_PATHS[signal]}`,
    "content-type": "application/grpc",
    te: "trailers",
    "user-agent": "headgate-collector",
  };
  if (settings.compression !== "none") headers["grpc-encoding"] = settings.compression;
  let current: http2.ClientHttp2Session | undefined;
  const tls = settings.tls && new ClientTls(settings.tls);
  let secureOfCurrent: SecureOptions | undefined;

  async function connect(): Promise<http2.ClientHttp2Session> {
    const secure = await tls?.options();
    if (current !== undefined && secure !== secureOfCurrent) retire(current);
    if (current !== undefined && !current.closed && !current.destroyed) return current;
    const session = http2.connect(url.origin, {
      ...secure,
      settings: { initialWindowSize: WINDOW_BYTES, enablePush: false },
      maxSessionMemory: SESSION_MEMORY_MAX_MB,
    });
    secureOfCurrent = secure;
    // Every stream hears of the session's end by itself; listening keeps Node from throwing.
    session.on("error", () => retire(session));
    session.on("goaway", () => retire(session));
    session.on("close", () => retire(session));
    session.on("connect", () => session.setLocalWindowSize(WINDOW_BYTES));
    current = session;
    return session;
  }

  /** No further request takes this connection; those on it may end. */
  function retire(session: http2.ClientHttp2Session): void {
    if (current === session) current = undefined;
    if (!session.closed && !session.destroyed) session.close();
  }

  async function send(frame: Buffer, timeoutMs: number): Promise<ExportOutcome> {
    const session = await connect();
    const { promise, resolve } = Promise.withResolvers<ExportOutcome>();
    const stream = session.request({ ...headers, "grpc-timeout": `${timeoutMs}m` });
    let answer: http2.IncomingHttpHeaders = {};
    let trailers: http2.IncomingHttpHeaders | undefined;
    let failure: string | undefined;
    const body: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => {
      failure = `no answer within ${timeoutMs} ms`;
      retire(session);
      stream.close(http2.constants.NGHTTP2_CANCEL);
    }, timeoutMs);
    stream.on("response", (given) => {
      answer = given;
    });
    stream.on("trailers", (given) => {
      trailers = given;
    });
    stream.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= RESPONSE_BYTES_MAX) return void body.push(chunk);
      resolve({ kind: "permanent", message: `${url.origin}: the answer has more than ${RESPONSE_BYTES_MAX} bytes` });
      stream.close(http2.constants.NGHTTP2_CANCEL);
    });
    stream.on("error", (error) => {
      failure ??= explainFailure(error, settings);
    });
    stream.on("close", () => {
      clearTimeout(timer);
      const outcome = failure === undefined || trailers !== undefined ? outcomeOfGrpc(answer, trailers, Buffer.concat(body)) : undefined;
      resolve(
        outcome ?? {
          kind: "retryable",
          message: `${url.origin}: ${failure ?? explainClosed(settings)}${tls?.problem ?? ""}`,
          retryAfterMs: undefined,
        },
      );
    });
    stream.end(frame);
    return promise;
  }

  return {
    failure: { exhausted: "retry_exhausted", permanent: "permanent_error" },
    async export(batch: Batch, timeoutMs: number) {
      try {
        return await send(await framed(batch, settings.compression), timeoutMs);
      } catch (error) {
        return { kind: "retryable", message: `${url.origin}: ${explainFailure(error, settings)}`, retryAfterMs: undefined };
      }
    },
    async close(deadlineMs) {
      const session = current;
      if (session === undefined || session.destroyed) return;
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      session.once("close", end);
      retire(session);
      // A session whose TLS was refused has ended without an event.
      const timer = setTimeout(() => {
        session.destroy();
        end();
      }, deadlineMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** One gRPC message. Uncompressed, its header is written into the batch's headroom and nothing is copied. */
async function framed(batch: Batch, compression: OtlpExportSettings["compression"]): Promise<Buffer> {
  if (compression === "none") {
    batch.buffer[0] = 0;
    batch.buffer.writeUInt32BE(batch.end - BATCH_HEADROOM, 1);
    return batch.buffer.subarray(0, batch.end);
  }
  const payload = await compressPayload(batch.buffer.subarray(BATCH_HEADROOM, batch.end), compression);
  const header = Buffer.alloc(5);
  header[0] = 1;
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}
