import type { HttpReceiverSettings } from "#domain/pipeline/receivers.ts";
import { HTTP_PATHS, signalOfHttpPath } from "../signals/otlpPaths.ts";
import type { RefusalReason } from "./answer.ts";
import { Client } from "./client.ts";
import { parseEncoding } from "./decompress.ts";
import { type BodyKind, statusAnswer } from "./httpAnswer.ts";
import { HttpCall } from "./httpCall.ts";
import type { HttpAnswer, HttpEngine, HttpEngineParts, HttpExchange, HttpHead, HttpReading } from "./httpEngine.ts";
import { createLeanHttpEngine } from "./lean/leanHttpEngine.ts";
import { createNodeHttpEngine } from "./nodeHttpEngine.ts";
import { NO_TOKEN, partsBySignal, type ReceiverParts } from "./offerRequest.ts";

export type HttpReceiver = HttpEngine;

/** OTLP/HTTP: POST /v1/traces, /v1/metrics and /v1/logs, protobuf or JSON. */
export function createHttpReceiver(parts: ReceiverParts, settings: HttpReceiverSettings): HttpReceiver {
  const bySignal = partsBySignal(parts);
  const { intake, security, requestTimeoutMs, reusePort } = parts;
  return createEngine(settings, {
    unreadable: () => intake.refused("malformed"),
    buffersDropped: (bytes) => intake.buffersDropped(bytes),
    ...{ security, requestTimeoutMs, reusePort },
    connected() {
      const client = new Client();
      return { request: (head, exchange) => handle(head, exchange, client, bySignal, parts) };
    },
  });
}

function createEngine(settings: HttpReceiverSettings, parts: HttpEngineParts): HttpEngine {
  switch (settings.engine) {
    case "node":
      return createNodeHttpEngine(parts);
    case "lean":
      return createLeanHttpEngine(parts);
  }
}

type BySignal = ReturnType<typeof partsBySignal>;

function handle(head: HttpHead, exchange: HttpExchange, client: Client, bySignal: BySignal, parts: ReceiverParts): HttpReading | undefined {
  const { method, path, origin, authorization, isSample, contentLength } = head;
  const kind = bodyKind(head.contentType);
  const signal = signalOfHttpPath(path);
  const entered = signal && bySignal[signal];
  const { cors, tokens } = parts.security;
  const allowed = origin === undefined ? undefined : cors?.headers(origin);
  const send = (answer: HttpAnswer) => exchange.answer(allowed === undefined ? answer : { ...answer, headers: { ...allowed, ...answer.headers } });
  const turnAway = (code: number, message: string, headers: Record<string, string> = {}, reason: RefusalReason = "unsupported") => {
    (entered ?? parts).intake.refused(reason);
    send(statusAnswer(kind ?? "json", code, { message, retryAfterMs: undefined }, Math.random, headers));
    return undefined;
  };
  if (signal === undefined || entered === undefined) return turnAway(404, `unknown path ${path}; OTLP goes to POST ${Object.values(HTTP_PATHS).join(", ")}`);
  if (method === "OPTIONS" && origin !== undefined && cors !== undefined) {
    // A browser that asks; without headers the answer means no.
    exchange.answer({ code: 204, headers: cors.preflight(origin) ?? {}, body: "" });
    return undefined;
  }
  if (method !== "POST") return turnAway(405, `${method} is not supported here; use POST`, { allow: "POST" });
  if (tokens?.allow(authorization) === false) return turnAway(401, NO_TOKEN, { "www-authenticate": "Bearer" }, "unauthenticated");
  if (kind === undefined) return turnAway(415, "content-type must be application/x-protobuf or application/json");
  const encoding = parseEncoding(head.contentEncoding);
  if (encoding === undefined) return turnAway(415, "content-encoding must be identity, gzip or zstd", { "accept-encoding": "identity, gzip, zstd" });
  return HttpCall.begin({ signal, kind, encoding, isSample, contentLength }, client, entered, send);
}

function bodyKind(contentType: string | undefined): BodyKind | undefined {
  const type = (contentType ?? "").split(";", 1)[0].trim().toLowerCase();
  if (type === "application/x-protobuf") return "protobuf";
  return type === "application/json" ? "json" : undefined;
}
