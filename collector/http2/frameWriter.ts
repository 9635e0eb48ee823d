import { FLAG, FRAME, FRAME_HEADER_BYTES } from "./http2.ts";

const BUFFER_BYTES = 16_384;
/** Of what is copied into a buffer. */
const PAYLOAD_BYTES_MAX = BUFFER_BYTES - FRAME_HEADER_BYTES;
const RETAINED_MAX = 64;
const EMPTY: Buffer = Buffer.alloc(0);

/** Where written bytes go; true: they have gone, and their buffer is free again. */
export type Send = (bytes: Buffer) => boolean;

/** Buffers for what is written, shared by the connections of a thread: idle ones hold none. */
export class WriteBuffers {
  readonly #free: Buffer[] = [];

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
  }

  give(buffer: Buffer): void {
    if (this.#free.length < RETAINED_MAX) this.#free.push(buffer);
  }
}

/** Collects frames (RFC 9113, 6) and sends them as one write on `flush`, or earlier when the buffer is full. */
export class FrameWriter {
  readonly #buffers: Pick<WriteBuffers, "take" | "give">;
  readonly #send: Send;
  #buffer: Buffer | undefined;
  #length = 0;
  /** What is before it was sent already, and whether some of that has not gone. */
  #sentTo = 0;
  #isHeld = false;
  readonly #place = { buffer: EMPTY, at: 0 };

  constructor(buffers: Pick<WriteBuffers, "take" | "give">, send: Send) {
    this.#buffers = buffers;
    this.#send = send;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  flush(): void {
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    this.#sendWritten();
    this.#buffer = undefined;
    if (!this.#isHeld) this.#buffers.give(buffer);
    this.#length = 0;
    this.#sentTo = 0;
    this.#isHeld = false;
  }

  /** `entries`: id and value of each. */
  settings(...entries: readonly (readonly [id: number, value: number])[]): void {
    const { buffer, at } = this.#frame(entries.length * 6, FRAME.settings, 0, 0);
    for (const [index, [id, value]] of entries.entries()) {
      buffer.writeUInt16BE(id, at + 6 * index);
      buffer.writeUInt32BE(value, at + 6 * index + 2);
    }
  }

  settingsAck(): void {
    this.#frame(0, FRAME.settings, FLAG.ack, 0);
  }

  /** Answers a PING with the same 8 bytes. */
  pingAck(bytes: Buffer, start: number): void {
    const { buffer, at } = this.#frame(8, FRAME.ping, FLAG.ack, 0);
    bytes.copy(buffer, at, start, start + 8);
  }

  windowUpdate(streamId: number, bytes: number): void {
    this.#number(FRAME.windowUpdate, streamId, bytes);
  }

  rstStream(streamId: number, code: number): void {
    this.#number(FRAME.rstStream, streamId, code);
  }

  goAway(lastStreamId: number, code: number, message: string): void {
    const text = Buffer.from(message);
    const { buffer, at } = this.#frame(8 + text.length, FRAME.goAway, 0, 0);
    buffer.writeUInt32BE(lastStreamId, at);
    buffer.writeUInt32BE(code, at + 4);
    text.copy(buffer, at + 8);
  }

  /** What is too long for one frame goes on in CONTINUATION frames (6.10). */
  headers(streamId: number, block: Buffer, endStream: boolean): void {
    for (let from = 0; from === 0 || from < block.length; from += PAYLOAD_BYTES_MAX) {
      const to = Math.min(block.length, from + PAYLOAD_BYTES_MAX);
      const flags = (to === block.length ? FLAG.endHeaders : 0) | (from === 0 && endStream ? FLAG.endStream : 0);
      const { buffer, at } = this.#frame(to - from, from === 0 ? FRAME.headers : FRAME.continuation, flags, streamId);
      block.copy(buffer, at, from, to);
    }
  }

  data(streamId: number, bytes: Buffer, start: number, end: number, endStream: boolean): void {
    const { buffer, at } = this.#frame(end - start, FRAME.data, endStream ? FLAG.endStream : 0, streamId);
    bytes.copy(buffer, at, start, end);
  }

  /** DATA whose payload is sent from where it lies: no copy, and any length. */
  dataInPlace(streamId: number, bytes: Buffer, start: number, end: number, endStream: boolean): void {
    this.#frame(end - start, FRAME.data, endStream ? FLAG.endStream : 0, streamId, 0);
    this.#sendWritten();
    this.#send(bytes.subarray(start, end));
  }

  /** Frames as they are but for their stream's id, which belongs at each of `idsAt`. */
  prepared(frames: Buffer, idsAt: readonly number[], streamId: number): void {
    if (this.#length + frames.length > BUFFER_BYTES) this.flush();
    this.#buffer ??= this.#buffers.take();
    frames.copy(this.#buffer, this.#length);
    for (const at of idsAt) this.#buffer.writeUInt32BE(streamId, this.#length + at);
    this.#length += frames.length;
  }

  #sendWritten(): void {
    if (this.#buffer === undefined || this.#sentTo === this.#length) return;
    if (!this.#send(this.#buffer.subarray(this.#sentTo, this.#length))) this.#isHeld = true;
    this.#sentTo = this.#length;
  }

  #number(type: number, streamId: number, value: number): void {
    const { buffer, at } = this.#frame(4, type, 0, streamId);
    buffer.writeUInt32BE(value, at);
  }

  /** Writes a frame's header, and says where its payload goes: `room` bytes of it. */
  #frame(length: number, type: number, flags: number, streamId: number, room = length): { buffer: Buffer; at: number } {
    if (this.#length + FRAME_HEADER_BYTES + room > BUFFER_BYTES) this.flush();
    this.#buffer ??= this.#buffers.take();
    const buffer = this.#buffer;
    let at = this.#length;
    buffer[at++] = length >> 16;
    buffer[at++] = length >> 8;
    buffer[at++] = length;
    buffer[at++] = type;
    buffer[at++] = flags;
    buffer[at++] = streamId >> 24;
    buffer[at++] = streamId >> 16;
    buffer[at++] = streamId >> 8;
    buffer[at++] = streamId;
    this.#length = at + room;
    this.#place.buffer = buffer;
    this.#place.at = at;
    return this.#place;
  }
}
