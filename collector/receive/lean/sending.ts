import type { FrameWriter } from "../../http2/frameWriter.ts";
import { FRAME_BYTES_MAX, WINDOW_AT_FIRST, WINDOW_MAX } from "../../http2/http2.ts";
import type { LeanStream } from "./leanStream.ts";
import { MESSAGE_BYTES, SUCCESS, SUCCESS_PARTS } from "./responses.ts";

/** A frame has to fit into the buffer of what is written, its header too. */
const DATA_BYTES_MAX = FRAME_BYTES_MAX / 2;

/** The client's windows (RFC 9113, 6.9) and what waits for them. Each call that answers a stream says whether all of it went out. */
export class Sending {
  readonly #writer: FrameWriter;
  #window = WINDOW_AT_FIRST;
  #initialWindow = WINDOW_AT_FIRST;
  /** Streams of which something is unsent, oldest first. */
  readonly #blocked = new Set<LeanStream>();

  constructor(writer: FrameWriter) {
    this.#writer = writer;
  }

  get initialWindow(): number {
    return this.#initialWindow;
  }

  succeed(stream: LeanStream): boolean {
    if (this.#window >= MESSAGE_BYTES && stream.sendWindow >= MESSAGE_BYTES) {
      this.#window -= MESSAGE_BYTES;
      stream.sendWindow -= MESSAGE_BYTES;
      this.#writer.prepared(SUCCESS.frames, SUCCESS.idsAt, stream.id);
      return true;
    }
    const { head, message, trailers } = SUCCESS_PARTS;
    return this.body(stream, head, message, trailers);
  }

  /** `trailers` undefined: the body's last byte ends the stream. */
  body(stream: LeanStream, head: Buffer, bytes: Buffer, trailers: Buffer | undefined): boolean {
    this.#writer.headers(stream.id, head, false);
    stream.unsent = { bytes, at: 0, trailers };
    this.#blocked.add(stream);
    return this.#pump(stream);
  }

  forget(stream: LeanStream): void {
    if (stream.unsent !== undefined) this.#blocked.delete(stream);
  }

  /** Each stream of which nothing is unsent any more goes to `done`. */
  pumpAll(done: (stream: LeanStream) => void): void {
    for (const stream of this.#blocked) if (this.#pump(stream)) done(stream);
  }

  /** False: the window has become larger than it may. */
  widen(stream: LeanStream | undefined, bytes: number): boolean {
    if (stream === undefined) {
      this.#window += bytes;
      return this.#window <= WINDOW_MAX;
    }
    stream.sendWindow += bytes;
    return stream.sendWindow <= WINDOW_MAX;
  }

  /** Of streams that are open too (6.9.2), so windows can become negative. False: one has become larger than it may. */
  setInitialWindow(bytes: number, streams: Iterable<LeanStream>): boolean {
    const change = bytes - this.#initialWindow;
    this.#initialWindow = bytes;
    for (const stream of streams) {
      stream.sendWindow += change;
      if (stream.sendWindow > WINDOW_MAX) return false;
    }
    return true;
  }

  #pump(stream: LeanStream): boolean {
    const { unsent } = stream;
    if (unsent === undefined) return true;
    while (unsent.at < unsent.bytes.length) {
      const most = Math.min(this.#window, stream.sendWindow, DATA_BYTES_MAX, unsent.bytes.length - unsent.at);
      if (most <= 0) return false;
      const next = unsent.at + most;
      this.#writer.data(stream.id, unsent.bytes, unsent.at, next, next === unsent.bytes.length && unsent.trailers === undefined);
      unsent.at = next;
      this.#window -= most;
      stream.sendWindow -= most;
    }
    if (unsent.trailers !== undefined) this.#writer.headers(stream.id, unsent.trailers, true);
    stream.unsent = undefined;
    this.#blocked.delete(stream);
    return true;
  }
}
