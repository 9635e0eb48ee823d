import { hashTraceId } from "./hashTraceId.ts";

/** Blocks of sixteen words, one cache line each, in which all bits of a trace lie (Putze, Sanders and Singler 2007). */
const BLOCKS = 16_384;
const BLOCK_WORDS = 16;
const PROBES = 4;
/** At so many traces a generation is full: then about one trace in a hundred that never came is taken for one that did, in each of the two. */
const GENERATION_TRACES = 700_000;

/** Of traces that never came, one in so many is taken for one that did. */
export const FALSE_ALARM_ONE_IN = 50;

/**
 * Which traces came here, long after everything else about them is forgotten: two Bloom filters (Bloom 1970) of 1 MiB, the older one given up when the
 * newer is full. "No" is certain; "yes" is wrong once in fifty.
 */
export class SeenTraces {
  /** From when on every trace is remembered; undefined: since the process started. */
  rememberedSinceMs: number | undefined;
  #newer = new Int32Array(BLOCKS * BLOCK_WORDS);
  #older = new Int32Array(BLOCKS * BLOCK_WORDS);
  #newerSinceMs: number | undefined;
  #count = 0;
  readonly #seed: number;
  readonly #unixMs: () => number;

  constructor(seed: number, unixMs: () => number) {
    this.#seed = seed;
    this.#unixMs = unixMs;
  }

  add(a: number, b: number, c: number, d: number): void {
    if (this.#count === GENERATION_TRACES) this.#turn();
    this.#count++;
    let hash = hashTraceId(a, b, c, d, this.#seed ^ 0x5bd1e995);
    const block = (hash & (BLOCKS - 1)) * BLOCK_WORDS;
    const newer = this.#newer;
    for (let probe = 0; probe < PROBES; probe++) {
      hash = nextHash(hash);
      newer[block + ((hash >>> 5) & (BLOCK_WORDS - 1))] |= 1 << (hash & 31);
    }
  }

  has(a: number, b: number, c: number, d: number): boolean {
    const first = hashTraceId(a, b, c, d, this.#seed ^ 0x5bd1e995);
    const block = (first & (BLOCKS - 1)) * BLOCK_WORDS;
    return [this.#newer, this.#older].some((filter) => {
      let hash = first;
      for (let probe = 0; probe < PROBES; probe++) {
        hash = nextHash(hash);
        if ((filter[block + ((hash >>> 5) & (BLOCK_WORDS - 1))] & (1 << (hash & 31))) === 0) return false;
      }
      return true;
    });
  }

  #turn(): void {
    // What the older one remembered is given up with the second turn only.
    this.rememberedSinceMs = this.#newerSinceMs;
    [this.#older, this.#newer] = [this.#newer, this.#older];
    this.#newer.fill(0);
    this.#newerSinceMs = this.#unixMs();
    this.#count = 0;
  }
}

function nextHash(hash: number): number {
  const mixed = Math.imul(hash, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
