import type { GrpcTrailers } from "../grpcAnswer.ts";
import { FLAG, FRAME, FRAME_HEADER_BYTES } from "./http2.ts";
import { STATIC_TABLE } from "./staticTable.ts";

const STATUS_200 = 8;
/** Of the first static entry with each name. */
const NAME_INDEX = new Map(STATIC_TABLE.map(({ name }, index) => [name, index] as const).reverse());
const GRPC_HEAD = ["content-type", "application/grpc"] as const;

/** An empty message. */
const MESSAGE = Buffer.alloc(5);
/** What a call costs of its windows when it succeeds. */
export const MESSAGE_BYTES = MESSAGE.length;

const OK_FRAMES = [
  frame(FRAME.headers, FLAG.endHeaders, block(200, [GRPC_HEAD])),
  frame(FRAME.data, 0, MESSAGE),
  frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, block(undefined, [["grpc-status", "0"]])),
];
/** One empty message and status OK, as three frames; their stream's id belongs at each of `idsAt`. */
export const SUCCESS = { frames: Buffer.concat(OK_FRAMES), idsAt: OK_FRAMES.map((_, i) => OK_FRAMES.slice(0, i).reduce((sum, one) => sum + one.length, 5)) };
/** The same in parts, for a window that has no room for it at once. */
export const SUCCESS_PARTS = { head: block(200, [GRPC_HEAD]), message: MESSAGE, trailers: block(undefined, [["grpc-status", "0"]]) };

export function trailersOnly(trailers: GrpcTrailers): Buffer {
  return block(200, [GRPC_HEAD, ...Object.entries(trailers).filter((entry): entry is [string, string] => entry[1] !== undefined)]);
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
  return { head: block(httpStatus, fields), text };
}

/** A header block without Huffman codes and without entries in the client's table (RFC 7541, 6.1 and 6.2.2). */
function block(status: number | undefined, fields: readonly (readonly [name: string, value: string])[]): Buffer {
  const parts: Buffer[] = [];
  if (status === 200) parts.push(Buffer.from([0x80 | STATUS_200]));
  else if (status !== undefined) parts.push(Buffer.from([STATUS_200]), text(String(status)));
  for (const [name, value] of fields) {
    const index = NAME_INDEX.get(name);
    if (index === undefined) parts.push(Buffer.from([0]), text(name), text(value));
    else parts.push(integer(index, 4), text(value));
  }
  return Buffer.concat(parts);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  return Buffer.concat([integer(bytes.length, 7), bytes]);
}

/** RFC 7541, 5.1, with the bits before the prefix 0. */
function integer(value: number, prefixBits: number): Buffer {
  const most = (1 << prefixBits) - 1;
  if (value < most) return Buffer.from([value]);
  const bytes = [most];
  let rest = value - most;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function frame(type: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEADER_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  return Buffer.concat([head, payload]);
}
