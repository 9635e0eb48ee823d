import { http } from "../nodeHttp.ts";
import { encodeRpcStatus, GRPC } from "../status/rpcStatus.ts";
import type { HttpAnswer } from "./httpEngine.ts";
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

const ACCEPTED_ANSWERS: Record<BodyKind, HttpAnswer> = {
  protobuf: { code: 200, headers: { "content-type": CONTENT_TYPES.protobuf }, body: ACCEPTED.protobuf },
  json: { code: 200, headers: { "content-type": CONTENT_TYPES.json }, body: ACCEPTED.json },
};

export function acceptedAnswer(kind: BodyKind): HttpAnswer {
  return ACCEPTED_ANSWERS[kind];
}

/** google.rpc.Status in the request's own encoding (OTLP specification, "Failures"), with Retry-After when a delay is asked for. */
export function statusAnswer(
  kind: BodyKind,
  code: number,
  { message, retryAfterMs }: { message: string; retryAfterMs: number | undefined },
  random: () => number,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const rpcCode = GRPC_CODES.get(code) ?? GRPC.unknown;
  const delayS = retryAfterMs === undefined ? undefined : retryDelaySeconds(retryAfterMs, random);
  const body =
    kind === "json"
      ? Buffer.from(JSON.stringify({ code: rpcCode, message }))
      : encodeRpcStatus({ code: rpcCode, message, retryAfterMs: delayS === undefined ? undefined : delayS * 1000 });
  const retry: Record<string, string> = delayS === undefined ? {} : { "retry-after": String(delayS) };
  return { code, headers: { ...headers, ...retry, "content-type": CONTENT_TYPES[kind] }, body };
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
