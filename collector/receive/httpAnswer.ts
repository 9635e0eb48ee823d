import type http from "node:http";
import { encodeRpcStatus, GRPC } from "../status/rpcStatus.ts";
import { retryDelaySeconds } from "./retryDelay.ts";

export type BodyKind = "protobuf" | "json";

const CONTENT_TYPES: Record<BodyKind, string> = { protobuf: "application/x-protobuf", json: "application/json" };
/** An empty response of any of the services. */
const ACCEPTED: Record<BodyKind, string> = { protobuf: "", json: "{}" };
const GRPC_CODES = new Map([
  [400, GRPC.invalidArgument],
  [401, GRPC.unauthenticated],
  [404, GRPC.unimplemented],
  [405, GRPC.unimplemented],
  [408, GRPC.deadlineExceeded],
  [413, GRPC.resourceExhausted],
  [415, GRPC.unimplemented],
  [429, GRPC.unavailable],
  [501, GRPC.unimplemented],
  [503, GRPC.unavailable],
]);

export function sendAccepted(response: http.ServerResponse, kind: BodyKind): void {
  if (response.destroyed) return;
  const body = ACCEPTED[kind];
  response.writeHead(200, { "content-type": CONTENT_TYPES[kind], "content-length": body.length });
  response.end(body);
}

/** google.rpc.Status in the request's own encoding (OTLP specification, "Failures"), with Retry-After when a delay is asked for. */
export function sendStatus(
  response: http.ServerResponse,
  kind: BodyKind,
  code: number,
  { message, retryAfterMs }: { message: string; retryAfterMs: number | undefined },
  random: () => number,
  headers: http.OutgoingHttpHeaders = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const rpcCode = GRPC_CODES.get(code) ?? GRPC.unknown;
  const delayS = retryAfterMs === undefined ? undefined : retryDelaySeconds(retryAfterMs, random);
  const body =
    kind === "json"
      ? Buffer.from(JSON.stringify({ code: rpcCode, message }))
      : encodeRpcStatus({ code: rpcCode, message, retryAfterMs: delayS === undefined ? undefined : delayS * 1000 });
  const retry = delayS === undefined ? {} : { "retry-after": String(delayS) };
  response.writeHead(code, { ...headers, ...retry, "content-type": CONTENT_TYPES[kind], "content-length": body.length });
  response.end(body);
}
