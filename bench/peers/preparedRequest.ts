import { type CorpusRequest, patchRound, type RoundMask } from "./corpus.ts";
import { END_HEADERS, END_STREAM, FRAME, FRAME_BYTES_MAX, FRAME_HEAD, frame, literal } from "./h2Frames.ts";

export type PeerProtocol = "grpc" | "http";

/** A request as it goes to the socket, ids and stream apart. */
export class PreparedRequest {
  readonly bytes: Buffer;
  /** Over gRPC: where each frame begins; the first is HEADERS, the others are DATA. */
  readonly frameAt: readonly number[];
  readonly #request: CorpusRequest;
  readonly #traceIdAt: Int32Array;
  readonly #view: DataView;

  constructor(request: CorpusRequest, protocol: PeerProtocol) {
    const { bytes, frameAt, placeOf } = protocol === "grpc" ? framed(request) : withHead(request);
    this.bytes = bytes;
    this.frameAt = frameAt;
    this.#request = request;
    this.#traceIdAt = request.traceIdAt.map(placeOf);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Only while nothing of it is on its way. */
  patch(round: number, mask: RoundMask): void {
    patchRound(this.#request, this.#view, this.#traceIdAt, round, mask);
  }

  setStream(id: number): void {
    for (const at of this.frameAt) this.#view.setUint32(at + 5, id);
  }
}

type Laid = { bytes: Buffer; frameAt: number[]; placeOf: (place: number) => number };

function withHead({ bytes }: CorpusRequest): Laid {
  const head = Buffer.from(`POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${bytes.length}\r\n\r\n`);
  return { bytes: Buffer.concat([head, bytes]), frameAt: [], placeOf: (place) => place + head.length };
}

const HEADERS = Buffer.concat([
  Buffer.from([0x83, 0x86]), // :method POST, :scheme http
  literal(4, "/opentelemetry.proto.collector.trace.v1.TraceService/Export"),
  literal(1, "127.0.0.1"),
  literal(31, "application/grpc"),
  literal(0, "trailers", "te"),
]);

/** The message in DATA frames of up to 16 KiB, none of which begins within a trace id. */
function framed({ bytes, traceIdAt }: CorpusRequest): Laid {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes.length, 1);
  const message = Buffer.concat([prefix, bytes]);
  const pieces = [frame(FRAME.headers, END_HEADERS, 1, HEADERS)];
  const frameAt = [0];
  const cuts = [0];
  let at = pieces[0].length;
  for (let from = 0; from < message.length; ) {
    let to = Math.min(message.length, from + FRAME_BYTES_MAX);
    for (const place of traceIdAt) if (place + 5 < to && to < place + 21) to = place + 5;
    pieces.push(frame(FRAME.data, to === message.length ? END_STREAM : 0, 1, message.subarray(from, to)));
    frameAt.push(at);
    at += FRAME_HEAD + to - from;
    from = to;
    cuts.push(to);
  }
  const placeOf = (place: number) => {
    const inMessage = place + 5;
    const piece = cuts.findLastIndex((cut) => cut <= inMessage);
    return frameAt[piece + 1] + FRAME_HEAD + inMessage - cuts[piece];
  };
  return { bytes: Buffer.concat(pieces), frameAt, placeOf };
}
