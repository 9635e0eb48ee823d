import { randomBytes } from "node:crypto";
import type http from "node:http";
import http2 from "node:http2";
import { encodeRpcStatus } from "#collector/status/rpcStatus.ts";
import { bytesField, textField, varint, varintField } from "#traffic/encode.ts";
import type { Behaviour } from "./behaviour.ts";

const GRPC_HEADERS = { ":status": 200, "content-type": "application/grpc" };
const HALF_ANSWER_PAUSE_MS = 20;

/** ExportTraceServiceResponse { partial_success { rejected_spans, error_message } }, or an empty one. */
function exportResponse(rejectedSpans: number): Buffer {
  return rejectedSpans === 0 ? Buffer.alloc(0) : bytesField(1, Buffer.concat([varintField(1, rejectedSpans), textField(2, "told to")]));
}

/** One gRPC call, whose body has arrived, gets what the behaviour says. */
export function answerGrpc(stream: http2.ServerHttp2Stream, behaviour: Behaviour): void {
  if (stream.destroyed) return;
  const whole = (rejectedSpans: number) => {
    const response = exportResponse(rejectedSpans);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(response.length, 1);
    stream.respond(GRPC_HEADERS, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.concat([head, response]));
  };
  switch (behaviour.kind) {
    case "ok":
      return whole(0);
    case "partial":
      return whole(behaviour.rejectedSpans);
    case "grpc": {
      const { code, retryAfterMs } = behaviour;
      const details =
        retryAfterMs === undefined ? {} : { "grpc-status-details-bin": encodeRpcStatus({ code, message: "told to", retryAfterMs }).toString("base64") };
      return stream.respond({ ...GRPC_HEADERS, "grpc-status": String(code), "grpc-message": "told to", ...details }, { endStream: true });
    }
    case "http":
      return stream.respond({ ":status": behaviour.status, ...retryAfterHeader(behaviour.retryAfter) }, { endStream: true });
    case "close":
      if (behaviour.when !== "halfAnswer") return void stream.session?.destroy();
      stream.respond(GRPC_HEADERS);
      stream.write(Buffer.from([0, 0, 0]));
      return void setTimeout(() => stream.session?.destroy(), HALF_ANSWER_PAUSE_MS);
    case "resetStream":
      return stream.close(behaviour.code ?? http2.constants.NGHTTP2_INTERNAL_ERROR);
    case "goAway":
      whole(0);
      // Closing sends GOAWAY and ends the connection once the streams on it have ended.
      return stream.session?.close();
    case "garbage":
      stream.respond(GRPC_HEADERS);
      return void stream.end(randomBytes(100));
    case "hang":
      return;
  }
}

/** One HTTP request likewise. */
export function answerHttp(response: http.ServerResponse, behaviour: Behaviour): void {
  const socket = response.socket;
  if (socket === null || socket.destroyed) return;
  const whole = (rejectedSpans: number) => {
    response.writeHead(200, { "content-type": "application/x-protobuf" });
    response.end(exportResponse(rejectedSpans));
  };
  switch (behaviour.kind) {
    case "ok":
      return whole(0);
    case "partial":
      return whole(behaviour.rejectedSpans);
    case "grpc":
      return void response.writeHead(503, retryAfterHeader(behaviour.retryAfterMs === undefined ? undefined : Math.ceil(behaviour.retryAfterMs / 1000))).end();
    case "http":
      return void response.writeHead(behaviour.status, retryAfterHeader(behaviour.retryAfter)).end();
    case "close":
      if (behaviour.when !== "halfAnswer") return void socket.destroy();
      response.writeHead(200, { "content-type": "application/x-protobuf", "content-length": 100 });
      response.write(Buffer.alloc(50));
      return void setTimeout(() => socket.destroy(), HALF_ANSWER_PAUSE_MS);
    case "resetStream":
      return void socket.resetAndDestroy();
    case "goAway":
      response.setHeader("connection", "close");
      return whole(0);
    case "garbage":
      return void socket.end(Buffer.concat([Buffer.from("BANANA/7 "), varint(7), Buffer.from("\r\n\r\n")]));
    case "hang":
      return;
  }
}

function retryAfterHeader(retryAfter: number | Date | undefined): Record<string, string> {
  if (retryAfter === undefined) return {};
  return { "retry-after": typeof retryAfter === "number" ? String(retryAfter) : retryAfter.toUTCString() };
}
