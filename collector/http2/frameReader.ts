import { FRAME_HEADER_BYTES } from "./http2.ts";

/** What is to become of a frame, once its header is known. */
export const FATE = {
  /** Nothing is read any more. */
  stop: 0,
  /** `whole` gets all of its payload at once. */
  whole: 1,
  /** `part` gets its payload as it comes, then `ended`. */
  parts: 2,
  skip: 3,
} as const;
export type Fate = (typeof FATE)[keyof typeof FATE];

export type FrameTaker = {
  begins(type: number, flags: number, streamId: number, length: number): Fate;
  whole(bytes: Buffer, start: number, end: number): void;
  part(bytes: Buffer, start: number, end: number): void;
  ended(): void;
};

const BETWEEN = 4;

/** Cuts what a connection sends into frames (RFC 9113, 4.1). Bytes are valid during the call only. */
export class FrameReader {
  readonly #taker: FrameTaker;
  /** What there is of a frame's header that came in pieces. */
  #head: Buffer | undefined;
  #headLength = 0;
  /** What there is of a payload that came in pieces and is wanted whole. */
  #payload: Buffer | undefined;
  #payloadLength = 0;
  #fate: Fate | typeof BETWEEN = BETWEEN;
  #left = 0;

  constructor(taker: FrameTaker) {
    this.#taker = taker;
  }

  /** How many have begun. */
  frames = 0;

  /** A frame has begun that is wanted whole, and some of it is missing. */
  get isWaiting(): boolean {
    return this.#payload !== undefined || this.#headLength > 0;
  }

  stop(): void {
    this.#fate = FATE.stop;
    this.#payload = undefined;
  }

  read(bytes: Buffer, start: number, end: number): void {
    const taker = this.#taker;
    let at = start;
    for (;;) {
      if (this.#fate === BETWEEN) {
        if (at === end) return;
        if (this.#headLength === 0 && end - at >= FRAME_HEADER_BYTES) {
          this.#begin(bytes, at);
          at += FRAME_HEADER_BYTES;
        } else {
          this.#head ??= Buffer.allocUnsafe(FRAME_HEADER_BYTES);
          const copied = bytes.copy(this.#head, this.#headLength, at, Math.min(end, at + FRAME_HEADER_BYTES - this.#headLength));
          at += copied;
          this.#headLength += copied;
          if (this.#headLength < FRAME_HEADER_BYTES) return;
          this.#headLength = 0;
          this.#begin(this.#head, 0);
        }
      }
      const fate = this.#fate;
      if (fate === FATE.stop) return;
      const next = Math.min(end, at + this.#left);
      const isWhole = next - at === this.#left;
      if (fate === FATE.parts) {
        if (next > at) taker.part(bytes, at, next);
        if (this.#fate !== fate) return;
      } else if (fate === FATE.whole) {
        if (this.#payload !== undefined || !isWhole) this.#keep(bytes, at, next);
      }
      this.#left -= next - at;
      if (!isWhole) return;
      this.#fate = BETWEEN;
      if (fate === FATE.parts) taker.ended();
      else if (fate === FATE.whole) {
        const kept = this.#payload;
        this.#payload = undefined;
        if (kept === undefined) taker.whole(bytes, at, next);
        else taker.whole(kept, 0, this.#payloadLength);
      }
      at = next;
    }
  }

  #begin(head: Buffer, at: number): void {
    const length = (head[at] << 16) | (head[at + 1] << 8) | head[at + 2];
    // The highest bit of the id is reserved.
    const streamId = ((head[at + 5] & 127) << 24) | (head[at + 6] << 16) | (head[at + 7] << 8) | head[at + 8];
    this.#left = length;
    this.frames++;
    const fate = this.#taker.begins(head[at + 3], head[at + 4], streamId, length);
    if (this.#fate !== FATE.stop) this.#fate = fate;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    if (this.#payload === undefined) {
      this.#payload = Buffer.allocUnsafe(this.#left);
      this.#payloadLength = 0;
    }
    this.#payloadLength += bytes.copy(this.#payload, this.#payloadLength, start, end);
  }
}
