import type { Field } from "./field.ts";
import { HpackDecoder } from "./hpackDecoder.ts";

/** A block that does not come in one frame is put together; more than so many bytes or frames of it are an attack (CVE-2024-27316). */
const BLOCK_BYTES_MAX = 32_768;
const FRAMES_MAX = 32;

/** What takes the fields of a block. Connections may share one: it is used from the first to the last field of a block, and until its answer is looked at. */
type Head = { reset(): void; readonly take: (field: Field) => void };

/** Header blocks of one connection: HEADERS and the CONTINUATION frames after it (RFC 9113, 4.3). */
export class HeaderBlock<H extends Head> {
  readonly #head: H;
  readonly #decoder = new HpackDecoder();
  #bytes: Buffer | undefined;
  #length = 0;
  #frames = 0;

  constructor(head: H) {
    this.#head = head;
  }

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
  finish(bytes: Buffer, start: number, end: number): H | undefined | "too_large" {
    const head = this.#head;
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
