const LENGTH_BYTES = 4;

/** Short texts in a ring of bytes: the oldest are written over. A position counts on for ever, so one that was written over is known as such. */
export class TextRing {
  readonly #ring: Buffer;
  readonly #size: number;
  #written = 0;

  constructor(bytes: number) {
    this.#size = bytes;
    this.#ring = Buffer.allocUnsafeSlow(bytes);
  }

  /** Where it was put; −1 when it is longer than the whole ring. */
  put(text: string): number {
    const size = LENGTH_BYTES + Buffer.byteLength(text);
    if (size > this.#size) return -1;
    // It lies in one piece: what is left before the end of the ring is skipped.
    const left = this.#size - (this.#written % this.#size);
    if (size > left) this.#written += left;
    const position = this.#written;
    const at = position % this.#size;
    this.#ring.writeUInt32LE(size - LENGTH_BYTES, at);
    this.#ring.write(text, at + LENGTH_BYTES);
    this.#written = position + size;
    return position;
  }

  /** Undefined once it was written over. */
  read(position: number): string | undefined {
    if (position < 0 || position >= this.#written || position < this.#written - this.#size) return undefined;
    const at = (position % this.#size) + LENGTH_BYTES;
    return this.#ring.toString("utf8", at, at + this.#ring.readUInt32LE(at - LENGTH_BYTES));
  }
}
