import type { Agent, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import https from "node:https";
import type { OtlpExportSettings } from "#domain/pipeline/exportSettings.ts";
import { http } from "../nodeHttp.ts";
import { explainClosed, explainFailure } from "../security/explainFailure.ts";
import { httpUrlFor, type OtlpSignal } from "../signals/otlpPaths.ts";
import { decodeRpcStatus } from "../status/rpcStatus.ts";
import { BATCH_HEADROOM, type Batch } from "./batch.ts";
import { ClientTls, type SecureOptions } from "./clientTls.ts";
import { compressPayload } from "./compressPayload.ts";
import type { Exporter, ExportOutcome } from "./exporter.ts";
import { readPartialSuccess } from "./partialSuccess.ts";

/** OTLP specification, "Retryable Response Codes". */
const RETRYABLE = new Set([429, 502, 503, 504]);
/** OTLP specification, "OTLP/HTTP Response": a larger answer is a failure for good. Compressed ones are not asked for. */
const RESPONSE_BYTES_MAX = 4_194_304;

/** OTLP/HTTP with protobuf bodies over kept-alive connections. Metrics and logs need an endpoint that has a place for them (httpUrlFor). */
export function createOtlpHttpExporter(settings: OtlpExportSettings, connectionsMax: number, unixMs: () => number, signal: OtlpSignal = "traces"): Exporter {
  const url = httpUrlFor(settings.endpoint, signal) ?? new URL(settings.endpoint);
  const secure = url.protocol === "https:";
  const tls = settings.tls && new ClientTls(settings.tls);
  const newAgent = (options?: SecureOptions) =>
    new (secure ? https : http).Agent({ keepAlive: true, maxSockets: connectionsMax, keepAliveMsecs: 15_000, ...options });
  let agent = newAgent();
  let secureOfAgent: SecureOptions | undefined;

  /** Other certificates mean other connections; what is under way on the old ones ends there. */
  async function currentAgent(): Promise<Agent> {
    const options = await tls?.options();
    if (options === secureOfAgent) return agent;
    agent.maxFreeSockets = 0;
    for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    secureOfAgent = options;
    agent = newAgent(options);
    return agent;
  }

  const headers: OutgoingHttpHeaders = { ...settings.headers, "content-type": "application/x-protobuf", "user-agent": "headgate-collector" };
  if (settings.compression !== "none") headers["content-encoding"] = settings.compression;

  async function send(body: Buffer, timeoutMs: number): Promise<ExportOutcome> {
    const used = await currentAgent();
    const { promise, resolve } = Promise.withResolvers<ExportOutcome>();
    const fail = (error: unknown) =>
      resolve({ kind: "retryable", message: `${url.origin}: ${explainFailure(error, settings)}${tls?.problem ?? ""}`, retryAfterMs: undefined });
    const request = (secure ? https : http).request(
      url,
      { method: "POST", agent: used, headers: { ...headers, "content-length": body.length } },
      (response) => {
        const parts: Buffer[] = [];
        let length = 0;
        response.on("data", (chunk: Buffer) => {
          parts.push(chunk);
          length += chunk.length;
          if (length <= RESPONSE_BYTES_MAX) return;
          resolve({ kind: "permanent", message: `${url.origin}: the answer has more than ${RESPONSE_BYTES_MAX} bytes` });
          response.destroy();
        });
        response.on("end", () => resolve(outcomeOf(response, Buffer.concat(parts), unixMs)));
        response.on("error", fail);
      },
    );
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    request.on("error", fail);
    request.on("close", () => {
      clearTimeout(timer);
      fail(new Error(explainClosed(settings)));
    });
    request.end(body);
    return promise;
  }

  return {
    failure: { exhausted: "retry_exhausted", permanent: "permanent_error" },
    async export(batch: Batch, timeoutMs: number) {
      try {
        return await send(await compressPayload(batch.buffer.subarray(BATCH_HEADROOM, batch.end), settings.compression), timeoutMs);
      } catch (error) {
        return { kind: "retryable", message: `${url.origin}: ${explainFailure(error, settings)}`, retryAfterMs: undefined };
      }
    },
    close() {
      agent.destroy();
      return Promise.resolve();
    },
  };
}

function outcomeOf(response: IncomingMessage, body: Buffer, unixMs: () => number): ExportOutcome {
  const code = response.statusCode ?? 0;
  const isProtobuf = (response.headers["content-type"] ?? "").startsWith("application/x-protobuf");
  if (code >= 200 && code < 300) return { kind: "delivered", ...(isProtobuf ? readPartialSuccess(body) : { rejectedSpans: 0, message: "" }) };
  const said = isProtobuf ? decodeRpcStatus(body)?.message : body.toString("utf8", 0, 200).trim();
  const message = `HTTP ${code} ${response.statusMessage ?? ""}${said ? `: ${said}` : ""}`;
  if (!RETRYABLE.has(code)) return { kind: "permanent", message };
  return { kind: "retryable", message, retryAfterMs: parseRetryAfter(response.headers["retry-after"], unixMs()) };
}

/** RFC 9110 §10.2.3: a number of seconds, or a date. Undefined when it is neither. */
export function parseRetryAfter(value: string | undefined, unixMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - unixMs);
}
