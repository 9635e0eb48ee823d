import { responseBlock } from "../../http2/hpackBlock.ts";
import { FLAG, FRAME, FRAME_HEADER_BYTES } from "../../http2/http2.ts";
import type { GrpcTrailers } from "../grpcAnswer.ts";

const GRPC_HEAD = ["content-type", "application/grpc"] as const;

/** An empty message. */
const MESSAGE = Buffer.alloc(5);
/** What a call costs of its windows when it succeeds. */
export const MESSAGE_BYTES = MESSAGE.length;

const OK_FRAMES = [
  frame(FRAME.headers, FLAG.endHeaders, responseBlock(200, [GRPC_HEAD])),
  frame(FRAME.data, 0, MESSAGE),
  frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, responseBlock(undefined, [["grpc-status", "0"]])),
];
/** One empty message and status OK, as three frames; their stream's id belongs at each of `idsAt`. */
export const SUCCESS = { frames: Buffer.concat(OK_FRAMES), idsAt: OK_FRAMES.map((_, i) => OK_FRAMES.slice(0, i).reduce((sum, one) => sum + one.length, 5)) };
/** The same in parts, for a window that has no room for it at once. */
export const SUCCESS_PARTS = { head: responseBlock(200, [GRPC_HEAD]), message: MESSAGE, trailers: responseBlock(undefined, [["grpc-status", "0"]]) };

export function trailersOnly(trailers: GrpcTrailers): Buffer {
  return responseBlock(200, [GRPC_HEAD, ...Object.entries(trailers).filter((entry): entry is [string, string] => entry[1] !== undefined)]);
}

/** For what is no gRPC call: a line that says what is spoken here. */
export function rejection(httpStatus: number): { head: Buffer; text: Buffer } {
  const text = Buffer.from(
    httpStatus === 431
      ? "the request's headers are too large\n"
      : "this port takes OTLP/gRPC: POST with content-type application/grpc; OTLP/HTTP has its own port\n",
  );
  const fields = [
    ["content-type", "text/plain"],
    ["content-length", String(text.length)],
  ] as const;
  return { head: responseBlock(httpStatus, fields), text };
}

function frame(type: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEADER_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  return Buffer.concat([head, payload]);
}
