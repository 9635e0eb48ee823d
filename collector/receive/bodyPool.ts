const SMALLEST = 65_536;
const RETAINED_BYTES_MAX = 33_554_432;

/** Buffers for request bodies, used again because touching fresh memory costs more than the copy. Sizes are powers of two. */
export class BodyPool {
  readonly #free = new Map<number, Buffer[]>();
  #retained = 0;

  get retainedBytes(): number {
    return this.#retained;
  }

  take(bytes: number): Buffer {
    const size = bytes <= SMALLEST ? SMALLEST : 2 ** Math.ceil(Math.log2(bytes));
    const buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.#retained -= size;
    return buffer;
  }

  give(buffer: Buffer): void {
    if (this.#retained + buffer.length > RETAINED_BYTES_MAX) return;
    const free = this.#free.get(buffer.length);
    if (free === undefined) this.#free.set(buffer.length, [buffer]);
    else free.push(buffer);
    this.#retained += buffer.length;
  }
}
