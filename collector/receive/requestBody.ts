import type { Admission } from "./admission.ts";
import type { BodyPool } from "./bodyPool.ts";

const EXPECTED_BELIEVED_MAX = 1_048_576;

/** The bytes of one request as they come in, in one pooled buffer that doubles up to `bytesMax`. */
export class RequestBody {
  length = 0;
  #buffer: Buffer | undefined;
  readonly #pool: BodyPool;
  readonly #admission: Admission;
  readonly #bytesMax: number;
  #expected = 0;

  constructor(pool: BodyPool, admission: Admission, bytesMax: number) {
    this.#pool = pool;
    this.#admission = admission;
    this.#bytesMax = bytesMax;
  }

  /** Valid until `release`; only the first `length` bytes are the body. */
  get bytes(): Buffer {
    return this.#buffer ?? EMPTY;
  }

  /** The body will have so many bytes, its sender says. Up to 1 MiB is believed: it saves copying while the buffer grows. */
  expect(bytes: number): void {
    this.#expected = Math.min(bytes, this.#bytesMax, EXPECTED_BELIEVED_MAX);
  }

  /** Adds bytes[start, end). */
  append(bytes: Buffer, start = 0, end = bytes.length): "ok" | "too_large" | "busy" {
    const need = this.length + end - start;
    if (need > this.#bytesMax) return "too_large";
    if ((this.#buffer === undefined || need > this.#buffer.length) && !this.#grow(need)) return "busy";
    bytes.copy(this.bytes, this.length, start, end);
    this.length = need;
    return "ok";
  }

  /** Gives the buffer back; calling it again does nothing. */
  release(): void {
    if (this.#buffer === undefined) return;
    this.#admission.release(this.#buffer.length);
    this.#pool.give(this.#buffer);
    this.#buffer = undefined;
    this.length = 0;
  }

  #grow(need: number): boolean {
    const next = this.#pool.take(Math.max(need, this.#expected, 2 * (this.#buffer?.length ?? 0)));
    if (!this.#admission.reserve(next.length)) {
      this.#pool.give(next);
      return false;
    }
    if (this.#buffer !== undefined) {
      this.#buffer.copy(next, 0, 0, this.length);
      this.#admission.release(this.#buffer.length);
      this.#pool.give(this.#buffer);
    }
    this.#buffer = next;
    return true;
  }
}

const EMPTY = Buffer.alloc(0);
