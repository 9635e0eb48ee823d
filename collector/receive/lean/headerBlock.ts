import { HpackDecoder } from "./hpackDecoder.ts";
import { RequestHead } from "./requestHead.ts";

/** A block that does not come in one frame is put together; more than so many bytes or frames of it are an attack (CVE-2024-27316). */
const BLOCK_BYTES_MAX = 32_768;
const FRAMES_MAX = 32;

/** Used by one connection at a time, from the first to the last field of a block. */
const head = new RequestHead();

/** Header blocks of one connection: HEADERS and the CONTINUATION frames after it (RFC 9113, 4.3). */
export class HeaderBlock {
  readonly #decoder = new HpackDecoder();
  #bytes: Buffer | undefined;
  #length = 0;
  #frames = 0;

  /** More of it has to come. */
  get isOpen(): boolean {
    return this.#bytes !== undefined;
  }

  /** A fragment that is not the last; false: too much. */
  add(bytes: Buffer, start: number, end: number): boolean {
    const length = this.#length + end - start;
    if (length > BLOCK_BYTES_MAX || ++this.#frames > FRAMES_MAX) return false;
    const next = this.#bytes !== undefined && length <= this.#bytes.length ? this.#bytes : Buffer.allocUnsafe(Math.max(1024, 2 * length));
    if (next !== this.#bytes) this.#bytes?.copy(next, 0, 0, this.#length);
    bytes.copy(next, this.#length, start, end);
    this.#bytes = next;
    this.#length = length;
    return true;
  }

  /** The last fragment. The answer is good until the next block; undefined: it can't be decoded. */
  finish(bytes: Buffer, start: number, end: number): RequestHead | undefined | "too_large" {
    head.reset();
    if (this.#bytes === undefined) return this.#decoder.decode(bytes, start, end, head.take) ? head : undefined;
    if (!this.add(bytes, start, end)) return "too_large";
    const decoded = this.#decoder.decode(this.#bytes, 0, this.#length, head.take);
    this.#bytes = undefined;
    this.#length = 0;
    this.#frames = 0;
    return decoded ? head : undefined;
  }
}
