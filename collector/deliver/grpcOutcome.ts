import { decodeRpcStatus, GRPC } from "../status/rpcStatus.ts";
import type { ExportOutcome } from "./exporter.ts";
import { readPartialSuccess } from "./partialSuccess.ts";

/** OTLP specification, "OTLP/gRPC Response": these may be tried again; RESOURCE_EXHAUSTED only when the server sent RetryInfo. */
const RETRYABLE: ReadonlySet<number> = new Set([GRPC.cancelled, GRPC.deadlineExceeded, GRPC.aborted, GRPC.outOfRange, GRPC.unavailable, GRPC.dataLoss]);

/** gRPC, "HTTP to gRPC Status Code Mapping": for answers that come from a proxy rather than from a gRPC server. */
const FROM_HTTP = new Map<number, number>([
  [400, GRPC.internal],
  [401, GRPC.unauthenticated],
  [403, GRPC.permissionDenied],
  [404, GRPC.unimplemented],
  [429, GRPC.unavailable],
  [502, GRPC.unavailable],
  [503, GRPC.unavailable],
  [504, GRPC.unavailable],
]);

/** What is looked at of an answer's headers or trailers. */
export type AnswerFields = { ":status"?: string | number; "grpc-status"?: string; "grpc-message"?: string; "grpc-status-details-bin"?: string };

const GIVEN_STATUS = /^\d{1,9}$/;

/** Undefined when no answer came at all. Trailers are `headers` themselves when the server answered with nothing else. */
export function outcomeOfGrpc(headers: AnswerFields, trailers: AnswerFields | undefined, body: Buffer): ExportOutcome | undefined {
  if (headers[":status"] === undefined) return undefined;
  const httpStatus = Number(headers[":status"]);
  const from = headers["grpc-status"] === undefined ? (trailers ?? {}) : headers;
  const given = from["grpc-status"];
  if (given === undefined) {
    if (httpStatus === 200) return { kind: "retryable", message: "the answer ended without a grpc-status", retryAfterMs: undefined };
    return failed(FROM_HTTP.get(httpStatus) ?? GRPC.unknown, `HTTP ${httpStatus}`, undefined);
  }
  const code = GIVEN_STATUS.test(given) ? Number(given) : GRPC.unknown;
  if (code === GRPC.ok)
    return { kind: "delivered", ...(body.length > 5 && body[0] === 0 ? readPartialSuccess(body.subarray(5)) : { rejectedSpans: 0, message: "" }) };
  const details = from["grpc-status-details-bin"];
  const retryAfterMs = details !== undefined ? decodeRpcStatus(Buffer.from(details, "base64"))?.retryAfterMs : undefined;
  return failed(code, percentDecode(from["grpc-message"] ?? ""), retryAfterMs);
}

function failed(code: number, said: string, retryAfterMs: number | undefined): ExportOutcome {
  const message = `gRPC status ${code}${said === "" ? "" : `: ${said.slice(0, 300)}`}`;
  const retryable = RETRYABLE.has(code) || (code === GRPC.resourceExhausted && retryAfterMs !== undefined);
  return retryable ? { kind: "retryable", message, retryAfterMs } : { kind: "permanent", message };
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
