import { type Field, field } from "./field.ts";
import { decodedBytesMax, decodeHuffman } from "./huffman.ts";
import { STATIC_TABLE } from "./staticTable.ts";

/** SETTINGS_HEADER_TABLE_SIZE as it is when nobody says otherwise. */
export const TABLE_BYTES_MAX = 4096;
const ENTRY_BYTES_MIN = 32;
/** So many entries can there be at most. A power of two. */
const SLOTS = TABLE_BYTES_MAX / ENTRY_BYTES_MIN;
const STATIC_ENTRIES = STATIC_TABLE.length - 1;
/** An integer has at most so many bytes after its prefix: 2^28 is far beyond anything here. */
const INTEGER_BYTES_MAX = 4;

const scratch = { bytes: Buffer.allocUnsafeSlow(65_536) };

/** HPACK (RFC 7541): the header blocks of one connection, one after the other. */
export class HpackDecoder {
  /** The newest is at #newest, older ones follow. Made with the first entry: idle connections hold none. */
  #entries: (Field | undefined)[] | undefined;
  #newest = 0;
  #count = 0;
  #bytes = 0;
  #bytesMax = TABLE_BYTES_MAX;
  #at = 0;
  #text = "";

  /** Gives each field of the block in bytes[start, end) to `take`; false: the block can't be decoded, and so can't what comes after it (COMPRESSION_ERROR). */
  decode(bytes: Buffer, start: number, end: number, take: (field: Field) => void): boolean {
    this.#at = start;
    let mayResize = true;
    while (this.#at < end) {
      const first = bytes[this.#at];
      if (first >= 0x80) {
        const found = this.#entry(this.#integer(bytes, end, 7));
        if (found === undefined) return false;
        take(found);
      } else if (first >= 0x40) {
        const literal = this.#literal(bytes, end, 6);
        if (literal === undefined) return false;
        this.#add(literal);
        take(literal);
      } else if (first >= 0x20) {
        const size = this.#integer(bytes, end, 5);
        // Before the first field only (4.2).
        if (!mayResize || size < 0 || size > TABLE_BYTES_MAX) return false;
        this.#bytesMax = size;
        this.#evict(size);
        continue;
      } else {
        const literal = this.#literal(bytes, end, 4);
        if (literal === undefined) return false;
        take(literal);
      }
      mayResize = false;
    }
    return true;
  }

  #entry(index: number): Field | undefined {
    if (index <= 0) return undefined;
    if (index <= STATIC_ENTRIES) return STATIC_TABLE[index];
    const back = index - STATIC_ENTRIES - 1;
    return back < this.#count ? this.#entries?.[(this.#newest + back) & (SLOTS - 1)] : undefined;
  }

  #literal(bytes: Buffer, end: number, prefixBits: number): Field | undefined {
    const index = this.#integer(bytes, end, prefixBits);
    if (index < 0) return undefined;
    let name: string;
    if (index > 0) {
      const named = this.#entry(index);
      if (named === undefined) return undefined;
      name = named.name;
    } else {
      if (!this.#string(bytes, end)) return undefined;
      name = this.#text;
    }
    return this.#string(bytes, end) ? field(name, this.#text) : undefined;
  }

  /** RFC 7541, 5.1; -1: it is not whole, or larger than anything here can be. */
  #integer(bytes: Buffer, end: number, prefixBits: number): number {
    const most = (1 << prefixBits) - 1;
    if (this.#at >= end) return -1;
    let value = bytes[this.#at++] & most;
    if (value < most) return value;
    for (let i = 0; i < INTEGER_BYTES_MAX && this.#at < end; i++) {
      const byte = bytes[this.#at++];
      value += (byte & 127) << (7 * i);
      if (byte < 128) return value;
    }
    return -1;
  }

  /** RFC 7541, 5.2, into #text. */
  #string(bytes: Buffer, end: number): boolean {
    if (this.#at >= end) return false;
    const isHuffman = bytes[this.#at] >= 0x80;
    const length = this.#integer(bytes, end, 7);
    const from = this.#at;
    if (length < 0 || length > end - from) return false;
    this.#at += length;
    if (!isHuffman) {
      this.#text = bytes.toString("latin1", from, from + length);
      return true;
    }
    const most = decodedBytesMax(length);
    if (most > scratch.bytes.length) scratch.bytes = Buffer.allocUnsafeSlow(most);
    const decoded = decodeHuffman(bytes, from, from + length, scratch.bytes);
    if (decoded >= 0) this.#text = scratch.bytes.toString("latin1", 0, decoded);
    return decoded >= 0;
  }

  /** One that is larger than the table empties it, and that is no error (4.4). */
  #add(entry: Field): void {
    this.#evict(this.#bytesMax - entry.size);
    if (entry.size > this.#bytesMax) return;
    this.#entries ??= new Array(SLOTS).fill(undefined);
    this.#newest = (this.#newest - 1) & (SLOTS - 1);
    this.#entries[this.#newest] = entry;
    this.#count++;
    this.#bytes += entry.size;
  }

  /** Until no more than `most` bytes are left. */
  #evict(most: number): void {
    while (this.#count > 0 && this.#bytes > most) {
      const oldest = (this.#newest + this.#count - 1) & (SLOTS - 1);
      this.#bytes -= this.#entries?.[oldest]?.size ?? 0;
      if (this.#entries !== undefined) this.#entries[oldest] = undefined;
      this.#count--;
    }
  }
}
