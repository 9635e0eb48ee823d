import http2 from "node:http2";
import type { GrpcTrailers } from "./grpcAnswer.ts";

export const RESPONSE_HEADERS = { ":status": 200, "content-type": "application/grpc" };

/** A stream that the client has reset is closed before it is destroyed; respond() throws on either. */
export function isGone(stream: http2.ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed;
}

export function trailersOnly(stream: http2.ServerHttp2Stream, trailers: GrpcTrailers & { "grpc-accept-encoding"?: string }): void {
  endWith(stream, { ...RESPONSE_HEADERS, ...trailers });
}

/** Ends the answer at once. What the client still sends is thrown away as it comes, so that the connection's window stays open. */
export function endWith(stream: http2.ServerHttp2Stream, headers: http2.OutgoingHttpHeaders): void {
  if (isGone(stream) || stream.headersSent) return;
  stream.respond(headers, { endStream: true });
  if (!stream.readableEnded) {
    stream.resume();
    stream.close(http2.constants.NGHTTP2_NO_ERROR);
  }
}
