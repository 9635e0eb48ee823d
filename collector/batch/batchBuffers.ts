/** Room for the largest batch that a receiver with the usual 4 MiB message limit takes. */
export const BATCH_BUFFER_BYTES = 4_194_304;
const RETAINED_BYTES_MAX = 8 * BATCH_BUFFER_BYTES;
/** Below it a fresh buffer costs less than what a used one is larger than it would have to be. */
const STEP_BYTES = 65_536;

/**
 * Buffers that batches are written into, used again because touching fresh memory is slow, and because V8 marks the whole heap once enough of it was taken. Sizes are whole multiples of
 * 64 KiB. At most 32 MiB are kept for later.
 */
export class BatchBuffers {
  readonly #free = new Map<number, Buffer[]>();
  #retained = 0;

  /** At least `bytes`; less than 64 KiB more. */
  take(bytes: number): Buffer {
    if (bytes < STEP_BYTES || bytes > BATCH_BUFFER_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const size = Math.ceil(bytes / STEP_BYTES) * STEP_BYTES;
    const buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.#retained -= size;
    return buffer;
  }

  /** What `take` gave, once nobody looks at it any more. */
  give(buffer: Buffer): void {
    const size = buffer.length;
    if (size % STEP_BYTES !== 0 || size > BATCH_BUFFER_BYTES || this.#retained + size > RETAINED_BYTES_MAX) return;
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [buffer]);
    else free.push(buffer);
    this.#retained += size;
  }

  get retainedBytes(): number {
    return this.#retained;
  }
}
