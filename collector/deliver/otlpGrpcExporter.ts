import type { OtlpExportSettings } from "#domain/pipeline/exportSettings.ts";
import { explainClosed, explainFailure } from "../security/explainFailure.ts";
import type { OtlpSignal } from "../signals/otlpPaths.ts";
import { BATCH_HEADROOM, type Batch } from "./batch.ts";
import { ClientTls, type SecureOptions } from "./clientTls.ts";
import { compressPayload } from "./compressPayload.ts";
import type { Exporter, ExportOutcome } from "./exporter.ts";
import { outcomeOfGrpc } from "./grpcOutcome.ts";
import { type CallEnd, ClientCall } from "./lean/clientCall.ts";
import { type OpenConnection, openConnection } from "./lean/openConnection.ts";
import { createRequestBlock } from "./lean/requestBlock.ts";

/** OTLP specification, "OTLP/gRPC Response": a larger answer is a failure for good. Compressed ones are not asked for. */
const RESPONSE_BYTES_MAX = 4_194_304;
/** A call that the backend never looked at, because its connection was going away, is sent so often within one try. */
const SENDS_MAX = 3;

/** OTLP/gRPC over one HTTP/2 connection, opened when it is needed and opened anew after it broke, went away or stopped answering. */
export function createOtlpGrpcExporter(settings: OtlpExportSettings, signal: OtlpSignal = "traces"): Exporter {
  const url = new URL(settings.endpoint);
  const blockFor = createRequestBlock(url, settings, signal);
  let current: OpenConnection | undefined;
  const tls = settings.tls && new ClientTls(settings.tls);
  let secureOfCurrent: SecureOptions | undefined;

  async function connect(): Promise<OpenConnection> {
    const secure = await tls?.options();
    if (secure !== secureOfCurrent) current?.connection.leave();
    if (current?.connection.takesCalls) return current;
    secureOfCurrent = secure;
    current = openConnection(url, secure, RESPONSE_BYTES_MAX);
    return current;
  }

  async function call(frame: Buffer, timeoutMs: number, leftMs: number): Promise<CallEnd> {
    const { connection } = await connect();
    const { promise, resolve } = Promise.withResolvers<CallEnd>();
    const started = new ClientCall(blockFor(leftMs), frame, resolve);
    const timer = setTimeout(() => {
      connection.cancel(started, { kind: "failed", message: `no answer within ${timeoutMs} ms` });
      // The others on it may end, but what comes next goes elsewhere.
      connection.leave();
    }, leftMs);
    connection.start(started);
    const end = await promise;
    clearTimeout(timer);
    return end;
  }

  async function send(frame: Buffer, timeoutMs: number): Promise<ExportOutcome> {
    const startedAt = performance.now();
    let end = await call(frame, timeoutMs, timeoutMs);
    for (let sends = 1; end.kind === "unprocessed" && sends < SENDS_MAX; sends++) {
      const leftMs = Math.floor(timeoutMs - (performance.now() - startedAt));
      if (leftMs <= 0) break;
      end = await call(frame, timeoutMs, leftMs);
    }
    return outcomeOf(end);
  }

  function outcomeOf(end: CallEnd): ExportOutcome {
    switch (end.kind) {
      case "answered":
        return outcomeOfGrpc(end.head, end.trailers, end.body) ?? retryable(explainClosed(settings));
      case "too_large":
        return { kind: "permanent", message: `${url.origin}: the answer has more than ${RESPONSE_BYTES_MAX} bytes` };
      case "closed":
        return retryable(end.error === undefined ? explainClosed(settings) : explainFailure(end.error, settings));
      case "failed":
      case "unprocessed":
        return retryable(end.message);
    }
  }

  function retryable(message: string): ExportOutcome {
    return { kind: "retryable", message: `${url.origin}: ${message}${tls?.problem ?? ""}`, retryAfterMs: undefined };
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
      const last = current;
      if (last === undefined) return;
      current = undefined;
      last.connection.leave();
      const timer = setTimeout(last.destroy, deadlineMs);
      await last.closed;
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
