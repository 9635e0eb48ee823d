const ERROR = 2;

/** Called for each span with the places of its ids in the request. */
export type OnSpan = (traceIdAt: number, spanIdAt: number, failed: boolean) => void;

/**
 * Every span of an ExportTraceServiceRequest (opentelemetry/proto/trace/v1/trace.proto), its fields in any order; the kit's own reading, so that neither
 * side checks itself. Throws on anything that is no such message, also on ids of a wrong length.
 */
export function walkSpans(bytes: Uint8Array, onSpan: OnSpan, bodyAt = 0): void {
  const walker = new Walker(bytes, onSpan);
  walker.at = bodyAt;
  walker.messages(bytes.length, 1, walker.resourceSpans);
}

/** `at` moves forward over `bytes`; each method reads one message that ends at `end`. */
class Walker {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #onSpan: OnSpan;

  constructor(bytes: Uint8Array, onSpan: OnSpan) {
    this.#bytes = bytes;
    this.#onSpan = onSpan;
  }

  readonly resourceSpans = (end: number): void => this.messages(end, 2, this.#scopeSpans);
  readonly #scopeSpans = (end: number): void => this.messages(end, 2, this.#span);

  /** The occurrences of a message field; everything beside it is passed over. */
  messages(end: number, field: number, read: (end: number) => void): void {
    while (this.at < end) {
      const tag = this.#varint();
      if (tag === ((field << 3) | 2)) {
        const innerEnd = this.#lengthEnd(end);
        read(innerEnd);
        if (this.at !== innerEnd) throw new Error(`a message ends at ${this.at} instead of ${innerEnd}`);
      } else this.#skip(tag & 7, end);
    }
  }

  readonly #span = (end: number): void => {
    let traceIdAt = -1;
    let spanIdAt = -1;
    let failed = false;
    while (this.at < end) {
      const tag = this.#varint();
      if (tag === 0x0a || tag === 0x12) {
        const innerEnd = this.#lengthEnd(end);
        if (innerEnd - this.at !== (tag === 0x0a ? 16 : 8)) throw new Error(`an id of ${innerEnd - this.at} bytes`);
        if (tag === 0x0a) traceIdAt = this.at;
        else spanIdAt = this.at;
        this.at = innerEnd;
      } else if (tag === 0x7a) failed = this.#status(this.#lengthEnd(end)) === ERROR;
      else this.#skip(tag & 7, end);
    }
    if (traceIdAt < 0 || spanIdAt < 0) throw new Error("a span without ids");
    this.#onSpan(traceIdAt, spanIdAt, failed);
  };

  #status(end: number): number {
    let code = 0;
    while (this.at < end) {
      const tag = this.#varint();
      if (tag === 0x18) code = this.#varint();
      else this.#skip(tag & 7, end);
    }
    return code;
  }

  #skip(wireType: number, end: number): void {
    if (wireType === 2) this.at = this.#lengthEnd(end);
    else if (wireType === 0) this.#varint();
    else if (wireType === 1) this.at += 8;
    else if (wireType === 5) this.at += 4;
    else throw new Error(`wire type ${wireType} at ${this.at}`);
  }

  #lengthEnd(end: number): number {
    const length = this.#varint();
    if (this.at + length > end) throw new Error(`a field at ${this.at} goes beyond its message`);
    return this.at + length;
  }

  /** Up to 2^53; what is longer loses its high bits, which nothing here looks at. */
  #varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.at++];
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let scale = 128; ; scale *= 128) {
      if (this.at >= bytes.length) throw new Error("the message ends within a number");
      byte = bytes[this.at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }
}
