/** Spans wait in chunks of this size; a scope that is larger gets one of its own. */
export const CHUNK_BYTES = 1_048_576;
const FREE_MAX = 48;

export type Chunk = {
  buffer: Buffer;
  used: number;
  /** Groups of spans in it that still wait. */
  groups: number;
  /** Spans that were ever put into it. */
  spans: number;
  index: number;
};

/** Chunks are filled side by side: with what comes in, and with what has to be moved because it waits longer than what came with it. */
export const ARRIVING = 0;
export const MOVED = 1;

/**
 * Memory for waiting spans: filled one chunk after the other, and free again once nothing in a chunk waits any more. Traces come and go in about the order
 * of time, so chunks do too. Free ones are used again, because touching fresh memory is slow; at most 48 are kept for that.
 */
export class Chunks {
  /** Bytes of all chunks in use. */
  bytes = 0;
  /** Spans that were ever put into the chunks in use; how many of them still wait says how much of their memory is dead. */
  spansPut = 0;
  readonly #all: (Chunk | undefined)[] = [];
  readonly #freeIndexes: number[] = [];
  readonly #free: Buffer[] = [];
  readonly #current: (Chunk | undefined)[] = [undefined, undefined];

  at(index: number): Chunk {
    const chunk = this.#all[index];
    if (chunk === undefined) throw new Error(`chunk ${index} is not in use`);
    return chunk;
  }

  /** A chunk with so much room after `used`; what is put there has to be counted in `used` and `groups` by the caller, in the same tick. */
  withRoom(bytes: number, use: typeof ARRIVING | typeof MOVED): Chunk {
    const current = this.#current[use];
    if (current !== undefined && current.buffer.length - current.used >= bytes) return current;
    if (current?.groups === 0) {
      // Nothing in it waits any more: it begins anew, if that is enough.
      this.#begin(current);
      if (current.buffer.length >= bytes) return current;
      this.#current[use] = undefined;
      this.#release(current);
    }
    const buffer = bytes <= CHUNK_BYTES ? (this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)) : Buffer.allocUnsafeSlow(bytes);
    const index = this.#freeIndexes.pop() ?? this.#all.length;
    const chunk = { buffer, used: 0, groups: 0, spans: 0, index };
    this.#all[index] = chunk;
    this.bytes += buffer.length;
    this.#current[use] = chunk;
    return chunk;
  }

  /** So many spans were put into a chunk. */
  put(chunk: Chunk, spans: number): void {
    chunk.spans += spans;
    this.spansPut += spans;
  }

  /** One group of a chunk is gone. */
  leave(chunk: Chunk): void {
    chunk.groups--;
    if (chunk.groups > 0) return;
    if (this.#current.includes(chunk)) this.#begin(chunk);
    else this.#release(chunk);
  }

  /** Gives back everything but chunks in use: called when nothing waits. */
  trim(): void {
    for (const [use, chunk] of this.#current.entries()) {
      if (chunk?.groups !== 0) continue;
      this.#current[use] = undefined;
      this.#release(chunk);
    }
    this.#free.length = 0;
  }

  #begin(chunk: Chunk): void {
    this.spansPut -= chunk.spans;
    chunk.spans = 0;
    chunk.used = 0;
  }

  #release(chunk: Chunk): void {
    this.spansPut -= chunk.spans;
    this.bytes -= chunk.buffer.length;
    this.#all[chunk.index] = undefined;
    this.#freeIndexes.push(chunk.index);
    if (chunk.buffer.length === CHUNK_BYTES && this.#free.length < FREE_MAX) this.#free.push(chunk.buffer);
  }
}
