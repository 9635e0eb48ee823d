import { createServer, type Server, type Socket } from "node:net";
import { ACK, END_HEADERS, END_STREAM, FRAME, FrameReader, frame, literal, PREFACE, SETTING, settings, windowUpdate } from "./h2Frames.ts";

const WINDOW = 1 << 24;
const RESPONSE_HEADERS = Buffer.concat([Buffer.from([0x88]), literal(31, "application/grpc")]); // :status 200
const ANSWER = Buffer.concat([
  frame(FRAME.headers, END_HEADERS, 0, RESPONSE_HEADERS),
  frame(FRAME.data, 0, 0, Buffer.alloc(5)),
  frame(FRAME.headers, END_HEADERS | END_STREAM, 0, literal(0, "0", "grpc-status")),
]);
const SECOND_AT = 9 + RESPONSE_HEADERS.length;
const THIRD_AT = SECOND_AT + 14;

/** An OTLP/gRPC backend on plain sockets that acknowledges everything; `take` gets each message, without gRPC's five bytes before it, until it returns. */
export function createGrpcSink(take: (message: Buffer) => void): Server {
  return createServer((socket) => serve(socket, take));
}

function serve(socket: Socket, take: (message: Buffer) => void): void {
  const bodies = new Map<number, { bytes: Buffer; length: number }>();
  let unreported = 0;
  let prefaceLeft = PREFACE.length;
  const reader = new FrameReader((type, flags, stream, payload) => {
    if (type === FRAME.settings && !(flags & ACK)) socket.write(frame(FRAME.settings, ACK, 0, Buffer.alloc(0)));
    else if (type === FRAME.ping && !(flags & ACK)) socket.write(frame(FRAME.ping, ACK, 0, payload));
    else if (type === FRAME.reset) bodies.delete(stream);
    if (type !== FRAME.data) return;
    unreported += payload.length;
    if (unreported > WINDOW / 4) {
      socket.write(windowUpdate(0, unreported));
      unreported = 0;
    }
    if (flags & 8) throw new Error("padded DATA is not expected here");
    let body = bodies.get(stream);
    if (body === undefined) {
      body = { bytes: Buffer.allocUnsafe(payload.length < 5 ? 65_536 : payload.readUInt32BE(1) + 5), length: 0 };
      bodies.set(stream, body);
    }
    if (body.length + payload.length > body.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(body.bytes.length * 2, body.length + payload.length));
      body.bytes.copy(larger, 0, 0, body.length);
      body.bytes = larger;
    }
    payload.copy(body.bytes, body.length);
    body.length += payload.length;
    if (!(flags & END_STREAM)) return;
    bodies.delete(stream);
    if (body.bytes[0] !== 0) throw new Error("a compressed message is not expected here");
    take(body.bytes.subarray(5, body.length));
    const answer = Buffer.from(ANSWER);
    for (const at of [0, SECOND_AT, THIRD_AT]) answer.writeUInt32BE(stream, at + 5);
    socket.write(answer);
  });
  socket.setNoDelay(true);
  socket.on("error", () => {});
  socket.write(
    Buffer.concat([
      settings([
        [SETTING.headerTableSize, 0],
        [SETTING.initialWindowSize, WINDOW],
      ]),
      windowUpdate(0, WINDOW),
    ]),
  );
  socket.on("data", (chunk: Buffer) => {
    const from = Math.min(prefaceLeft, chunk.length);
    prefaceLeft -= from;
    if (from < chunk.length) reader.push(chunk.subarray(from));
  });
}
