import { encodeRpcStatus, GRPC } from "../status/rpcStatus.ts";
import type { Refusal, RefusalReason } from "./answer.ts";
import { retryDelayMs } from "./retryDelay.ts";

/** OTLP specification, "OTLP/gRPC Response": only UNAVAILABLE, or RESOURCE_EXHAUSTED with RetryInfo, asks the client to try again. */
const CODES: Record<RefusalReason, number> = {
  queue_full: GRPC.unavailable,
  busy: GRPC.unavailable,
  draining: GRPC.unavailable,
  memory_limit: GRPC.unavailable,
  client_limit: GRPC.unavailable,
  client_share: GRPC.unavailable,
  wal_full: GRPC.unavailable,
  wal_behind: GRPC.unavailable,
  wal_failed: GRPC.unavailable,
  malformed: GRPC.invalidArgument,
  too_deep: GRPC.invalidArgument,
  too_large: GRPC.resourceExhausted,
  unsupported: GRPC.unimplemented,
  unauthenticated: GRPC.unauthenticated,
  not_taken: GRPC.unimplemented,
};

export type GrpcTrailers = { "grpc-status": string; "grpc-message"?: string; "grpc-status-details-bin"?: string; "grpc-accept-encoding"?: string };

export function grpcTrailers({ reason, message, retryAfterMs }: Refusal, random: () => number): GrpcTrailers {
  return grpcStatus(CODES[reason], message, retryAfterMs === undefined ? undefined : retryDelayMs(retryAfterMs, random));
}

export function grpcStatus(code: number, message: string, retryAfterMs?: number): GrpcTrailers {
  const trailers: GrpcTrailers = { "grpc-status": String(code), "grpc-message": percentEncode(message) };
  if (retryAfterMs !== undefined) trailers["grpc-status-details-bin"] = encodeRpcStatus({ code, message, retryAfterMs }).toString("base64").replace(/=+$/, "");
  return trailers;
}

/** gRPC over HTTP/2, "Percent-Encoded": printable ASCII but `%` stands for itself. Long messages are cut: they travel in a header. */
function percentEncode(message: string): string {
  const bytes = Buffer.from(message.length > 500 ? `${message.slice(0, 499)}…` : message);
  let text = "";
  for (const byte of bytes) {
    text += byte >= 0x20 && byte <= 0x7e && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}
