import { FLAG } from "./http2.ts";

/** Where the content lies in the pieces of one DATA frame, between the length of the padding and the padding (RFC 9113, 6.1). */
export class DataContent {
  /** The content in the piece that was given last is bytes[from, to). */
  from = 0;
  to = 0;
  #left = 0;
  #awaitsPadding = false;

  begin(flags: number, length: number): void {
    this.#left = length;
    this.#awaitsPadding = (flags & FLAG.padded) !== 0;
  }

  /** The next piece; false: the padding is longer than the frame. */
  take(bytes: Buffer, start: number, end: number): boolean {
    this.from = start;
    if (this.#awaitsPadding) {
      this.#awaitsPadding = false;
      this.#left -= 1 + bytes[this.from++];
      if (this.#left < 0) return false;
    }
    this.to = Math.min(end, this.from + this.#left);
    this.#left -= this.to - this.from;
    return true;
  }
}
