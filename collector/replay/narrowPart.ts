import { contentStart, lengthVarint, skipField, tagVarint, varintEnd } from "../otlp/varint.ts";

/** Lengths are written with this many bytes, so that they can be filled in afterwards. */
const LENGTH_BYTES = 5;
const LIST = 0x0a;
const NESTED = 0x12;

/** Takes a request apart to the spans of some of its traces: those that were recorded also while a lower share was. */
export class PartNarrower {
  #out = Buffer.alloc(0);
  #at = 0;

  /** `takes` is asked with where the 16 bytes of a trace's id stand, or −1. What comes back is good until the next call; undefined: it can't be read. */
  narrow(request: Buffer, takes: (idAt: number) => boolean): Buffer | undefined {
    // Each of the lists may be given longer lengths than it came with: at worst two bytes become six.
    if (this.#out.length < request.length * 3) this.#out = Buffer.allocUnsafeSlow(request.length * 3);
    this.#at = 0;
    const spans = (from: number, to: number) => this.#copySpans(request, from, to, takes);
    const scopes = (from: number, to: number) => this.#copyFields(request, from, to, NESTED, spans);
    return this.#copyFields(request, 0, request.length, LIST, scopes) ? this.#out.subarray(0, this.#at) : undefined;
  }

  /** Copies a message's fields; the content of those with the tag is written by `nested`. False where it is malformed. */
  #copyFields(bytes: Buffer, start: number, end: number, tag: number, nested: (from: number, to: number) => boolean): boolean {
    for (let pos = start; pos < end; ) {
      const body = varintEnd(bytes, pos, end);
      const found = tagVarint(bytes, pos, body);
      const next = found < 0 ? -1 : skipField(bytes, found, body, end);
      if (next < 0) return false;
      if (found !== tag) this.#copy(bytes, pos, next);
      else if (!this.#nest(tag, () => nested(varintEnd(bytes, body, end), next))) return false;
      pos = next;
    }
    return true;
  }

  #nest(tag: number, write: () => boolean): boolean {
    const out = this.#out;
    const lengthAt = this.#at + 1;
    out[this.#at] = tag;
    this.#at = lengthAt + LENGTH_BYTES;
    const isWhole = write();
    const length = this.#at - lengthAt - LENGTH_BYTES;
    for (let byte = 0; byte < LENGTH_BYTES - 1; byte++) out[lengthAt + byte] = ((length >>> (7 * byte)) & 127) | 128;
    out[lengthAt + LENGTH_BYTES - 1] = length >>> 28;
    return isWhole;
  }

  #copySpans(bytes: Buffer, start: number, end: number, takes: (idAt: number) => boolean): boolean {
    for (let pos = start; pos < end; ) {
      const body = varintEnd(bytes, pos, end);
      const tag = tagVarint(bytes, pos, body);
      const next = tag < 0 ? -1 : skipField(bytes, tag, body, end);
      if (next < 0) return false;
      if (tag !== NESTED || takes(traceIdAt(bytes, contentStart(bytes, pos, next), next))) this.#copy(bytes, pos, next);
      pos = next;
    }
    return true;
  }

  #copy(bytes: Buffer, from: number, to: number): void {
    bytes.copy(this.#out, this.#at, from, to);
    this.#at += to - from;
  }
}

/** Where the id stands in a span's fields, the last one if there are several; −1: it has none, or is malformed. */
function traceIdAt(bytes: Buffer, start: number, end: number): number {
  let idAt = -1;
  for (let pos = start; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = tag < 0 ? -1 : skipField(bytes, tag, body, end);
    if (next < 0) return -1;
    if (tag === LIST) {
      const content = varintEnd(bytes, body, next);
      idAt = lengthVarint(bytes, body, content) === 16 ? content : -1;
    }
    pos = next;
  }
  return idAt;
}
