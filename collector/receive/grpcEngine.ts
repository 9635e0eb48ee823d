import type { ReceiverSecurity } from "../security/receiverSecurity.ts";
import type { GrpcTrailers } from "./grpcAnswer.ts";

/** What a call's headers say, as far as anybody here asks. Header values as they came; undefined: not sent. */
export type GrpcHead = {
  method: string;
  path: string;
  contentType: string;
  encoding: string;
  authorization: string | undefined;
  isSample: boolean;
};

/** How a call is answered: once, by one of these. On a stream that is gone each does nothing. What the client still sends afterwards is thrown away as it comes. */
export type GrpcStream = {
  /** One empty message and status OK. */
  succeed(): void;
  /** Trailers alone. */
  fail(trailers: GrpcTrailers): void;
  /** Not a gRPC call: an HTTP status alone. */
  reject(httpStatus: number): void;
};

/** A call as the engine feeds it: pieces of the body, bytes[start, end), valid during the call of `data` only, then `end`; `closed` comes last, always, once. */
export type GrpcReading = {
  data(bytes: Buffer, start: number, end: number): void;
  end(): void;
  closed(): void;
};

/** What an engine needs to know of one connection. */
export type GrpcConnection = {
  /** Undefined when the call has been answered already. */
  call(head: GrpcHead, stream: GrpcStream): GrpcReading | undefined;
  /** So many calls were refused by HTTP/2 itself, since the client had more open than it may. */
  refusedStreams(count: number): void;
};

/** How connections end. The names in the middle are errors of HTTP/2 (RFC 9113, 7). */
export const CONNECTION_ENDS = [
  /** By its client, which is as it should be. */
  "client",
  "drained",
  /** Nothing came for long. */
  "idle",
  "protocol_error",
  "flow_control_error",
  "stream_closed",
  "frame_size_error",
  "compression_error",
  /** Streams reset, frames that bring no request on, or parts of a header block, beyond what is allowed. */
  "flood",
  /** What had begun was not finished in time. */
  "timeout",
  /** Its client did not read its answers. */
  "unread",
  "not_http2",
  /** It was asked to go after its time. */
  "aged",
  "socket_error",
] as const;
export type ConnectionEnd = (typeof CONNECTION_ENDS)[number];

/** When a connection is asked to go, and how long what is open on it may then still take. Undefined: never. */
export type ConnectionAge = { maxMs: number | undefined; graceMs: number };

/** ±10%, so that connections that came together do not all go together. */
export function jittered(maxMs: number): number {
  return maxMs * (0.9 + 0.2 * Math.random());
}

export type GrpcEngineParts = {
  /** A connection has come. */
  connected(): GrpcConnection;
  /** And one has ended, each once. */
  connectionEnded(why: ConnectionEnd): void;
  /** So many bytes came in buffers made for them alone, and these are not used again. */
  buffersDropped(bytes: number): void;
  /** How many streams a client may have open. */
  streamsMax: number;
  /** Other threads listen on the same port. */
  reusePort?: boolean;
  security: ReceiverSecurity;
  age: ConnectionAge;
};

/** An HTTP/2 server that takes unary gRPC calls. */
export type GrpcEngine = {
  start(host: string, port: number): Promise<number>;
  setStreamsMax(streamsMax: number): void;
  /** No new connection or stream is let in, calls that are open may end, then connections close; what is left at the deadline is cut. */
  shutdown(deadlineMs: number): Promise<void>;
};
