/** Spans wait in chunks of this size; a scope that is larger gets one of its own. */
export const CHUNK_BYTES = 1_048_576;
const FREE_MAX = 48;

export type Chunk = { buffer: Buffer; used: number /** Groups of spans in it that still wait. */; groups: number; index: number };

/**
 * Memory for waiting spans: filled one chunk after the other, and free again once nothing in a chunk waits any more. Traces come and go in about the order
 * of time, so chunks do too. Free ones are used again, because touching fresh memory is slow; at most 48 are kept for that.
 */
export class Chunks {
  /** Bytes of all chunks in use. */
  bytes = 0;
  readonly #all: (Chunk | undefined)[] = [];
  readonly #freeIndexes: number[] = [];
  readonly #free: Buffer[] = [];
  #current: Chunk | undefined;

  at(index: number): Chunk {
    const chunk = this.#all[index];
    if (chunk === undefined) throw new Error(`chunk ${index} is not in use`);
    return chunk;
  }

  /** A chunk with so much room after `used`; what is put there has to be counted in `used` and `groups` by the caller, in the same tick. */
  withRoom(bytes: number): Chunk {
    const current = this.#current;
    if (current !== undefined && current.buffer.length - current.used >= bytes) return current;
    if (current?.groups === 0) {
      // Nothing in it waits any more: it begins anew, if that is enough.
      current.used = 0;
      if (current.buffer.length >= bytes) return current;
      this.#current = undefined;
      this.#release(current);
    }
    const buffer = bytes <= CHUNK_BYTES ? (this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)) : Buffer.allocUnsafeSlow(bytes);
    const index = this.#freeIndexes.pop() ?? this.#all.length;
    const chunk = { buffer, used: 0, groups: 0, index };
    this.#all[index] = chunk;
    this.bytes += buffer.length;
    this.#current = chunk;
    return chunk;
  }

  /** One group of a chunk is gone. */
  leave(chunk: Chunk): void {
    chunk.groups--;
    if (chunk.groups > 0) return;
    if (chunk === this.#current) chunk.used = 0;
    else this.#release(chunk);
  }

  /** Gives back everything but chunks in use: called when nothing waits. */
  trim(): void {
    this.#free.length = 0;
    if (this.#current?.groups === 0) {
      this.#all[this.#current.index] = undefined;
      this.#freeIndexes.push(this.#current.index);
      this.bytes -= this.#current.buffer.length;
      this.#current = undefined;
    }
  }

  #release(chunk: Chunk): void {
    this.bytes -= chunk.buffer.length;
    this.#all[chunk.index] = undefined;
    this.#freeIndexes.push(chunk.index);
    if (chunk.buffer.length === CHUNK_BYTES && this.#free.length < FREE_MAX) this.#free.push(chunk.buffer);
  }
}
