/** Room for the largest batch that a receiver with the usual 4 MiB message limit takes. */
export const BATCH_BUFFER_BYTES = 4_194_304;
const RETAINED_MAX = 8;

/** Buffers that batches are written into, used again because touching fresh memory is slow. At most 8 are kept for later. */
export class BatchBuffers {
  readonly #free: Buffer[] = [];

  take(bytes: number): Buffer {
    if (bytes > BATCH_BUFFER_BYTES) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BATCH_BUFFER_BYTES);
  }

  give(buffer: Buffer): void {
    if (buffer.length === BATCH_BUFFER_BYTES && this.#free.length < RETAINED_MAX) this.#free.push(buffer);
  }

  get retained(): number {
    return this.#free.length;
  }
}
