import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { http } from "../nodeHttp.ts";
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
  [431, GRPC.resourceExhausted],
  [501, GRPC.unimplemented],
  [503, GRPC.unavailable],
]);

export function sendAccepted(response: ServerResponse, kind: BodyKind): void {
  if (response.destroyed) return;
  const body = ACCEPTED[kind];
  response.writeHead(200, { "content-type": CONTENT_TYPES[kind], "content-length": body.length });
  response.end(body);
}

/** google.rpc.Status in the request's own encoding (OTLP specification, "Failures"), with Retry-After when a delay is asked for. */
export function sendStatus(
  response: ServerResponse,
  kind: BodyKind,
  code: number,
  { message, retryAfterMs }: { message: string; retryAfterMs: number | undefined },
  random: () => number,
  headers: OutgoingHttpHeaders = {},
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

/** Of what Node could not read as HTTP: the status that it means, and what was wrong. */
const UNREADABLE = new Map([
  ["HPE_HEADER_OVERFLOW", { code: 431, message: "the headers are too large" }],
  ["ERR_HTTP_REQUEST_TIMEOUT", { code: 408, message: "the request was not complete in time" }],
]);

/**
 * The whole answer to what is no HTTP request, as bytes for the socket: it too has a Status for its body, in JSON, as nobody knows what was meant. `reason` is
 * the code of Node's error.
 */
export function unreadableAnswer(reason: string | undefined): string {
  const { code, message } = UNREADABLE.get(reason ?? "") ?? { code: 400, message: `the request is not valid HTTP/1.1 (${reason ?? "unknown"})` };
  const body = JSON.stringify({ code: GRPC_CODES.get(code), message });
  const head = [
    `HTTP/1.1 ${code} ${http.STATUS_CODES[code]}`,
    "connection: close",
    `content-type: ${CONTENT_TYPES.json}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}
