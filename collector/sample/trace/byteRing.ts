const LENGTH_BYTES = 4;

/** Short pieces of bytes in a ring: the oldest are written over. A position counts on for ever, so one that was written over is known as such. */
export class ByteRing {
  readonly #ring: Buffer;
  readonly #size: number;
  #written = 0;

  constructor(bytes: number) {
    this.#size = bytes;
    this.#ring = Buffer.allocUnsafeSlow(bytes);
  }

  /** Where the first `length` bytes were put; −1 when they are more than the whole ring takes. */
  put(bytes: Buffer, length: number): number {
    const size = LENGTH_BYTES + length;
    if (size > this.#size) return -1;
    // It lies in one piece: what is left before the end of the ring is skipped.
    const left = this.#size - (this.#written % this.#size);
    if (size > left) this.#written += left;
    const position = this.#written;
    const at = position % this.#size;
    this.#ring.writeUInt32LE(length, at);
    bytes.copy(this.#ring, at + LENGTH_BYTES, 0, length);
    this.#written = position + size;
    return position;
  }

  /** A copy; undefined once it was written over. */
  read(position: number): Buffer | undefined {
    if (position < 0 || position >= this.#written || position < this.#written - this.#size) return undefined;
    const at = (position % this.#size) + LENGTH_BYTES;
    return Buffer.from(this.#ring.subarray(at, at + this.#ring.readUInt32LE(at - LENGTH_BYTES)));
  }
}
