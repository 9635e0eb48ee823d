/** Tests of one kind of text (a span's name, an attribute's string value) over its UTF-8 bytes. What fits sets the test's bit. */
export type TextTest =
  | { match: "exact" | "prefix" | "contains"; needle: Uint8Array; bit: number }
  /** Sets its bit for every text but this one. */
  | { match: "not"; needle: Uint8Array; bit: number }
  | { match: "regex"; test: (text: string) => boolean; bit: number };

type Needle = { bytes: Uint8Array; bit: number };

const BLOCKS = 1024;
const EXACT_LENGTHS = 257;
/** Up to here texts are searched in place; above, in native code over a view. */
const IN_PLACE_MAX = 2048;
/** Schemas bound a text to 256 UTF-16 units, which is up to 768 bytes; a shift needs to fit a byte. */
const SHIFT_MAX = 255;

export class TextMatcher {
  readonly isEmpty: boolean;
  /** Exact texts by length: index + 1 of the first, then a chain. */
  readonly #exactHead = new Int32Array(EXACT_LENGTHS);
  readonly #exactNext: Int32Array;
  readonly #exact: Needle[];
  readonly #prefix: Needle[];
  readonly #contains: Needle[];
  /** Wu and Manber's search for all of them at once: how far the window of `#window` bytes may move on by its last two bytes; 0: look closer. */
  readonly #shift = new Uint8Array(BLOCKS);
  readonly #window: number;
  readonly #not: Needle[];
  readonly #regex: { test: (text: string) => boolean; bit: number }[];
  /** Bits that any text sets. */
  readonly #always: number[];

  constructor(tests: readonly TextTest[], always: readonly number[] = []) {
    this.#exact = needles(tests, "exact");
    this.#prefix = needles(tests, "prefix");
    this.#contains = needles(tests, "contains");
    this.#not = needles(tests, "not");
    this.#regex = tests.flatMap((test) => (test.match === "regex" ? [{ test: test.test, bit: test.bit }] : []));
    this.#always = [...always];
    this.isEmpty = tests.length === 0 && always.length === 0;
    this.#window = fillShift(this.#shift, this.#contains);
    this.#exactNext = new Int32Array(this.#exact.length + 1);
    for (const [index, needle] of this.#exact.entries()) {
      const slot = Math.min(needle.bytes.length, EXACT_LENGTHS - 1);
      this.#exactNext[index + 1] = this.#exactHead[slot];
      this.#exactHead[slot] = index + 1;
    }
  }

  /** Sets in `bits` the bit of every test that the text [at, end) fits. */
  match(bytes: Buffer, at: number, end: number, bits: Int32Array): void {
    const length = (end - at) | 0;
    if (this.#exact.length > 0) this.#matchExact(bytes, at, length, bits);
    const prefix = this.#prefix;
    for (let index = 0; index < prefix.length; index++) {
      const needle = prefix[index];
      if (needle.bytes.length <= length && equalAt(bytes, at, needle.bytes)) setBit(bits, needle.bit);
    }
    const window = this.#window;
    if (window > 0) {
      if (length > IN_PLACE_MAX) this.#searchLong(bytes, at, end, bits);
      else {
        const shift = this.#shift;
        for (let pos = (at + window - 1) | 0; pos < end; ) {
          const step = shift[blockOf(bytes[(pos - 1) | 0], bytes[pos])];
          if (step === 0) this.#verify(bytes, (pos - window + 1) | 0, end, bits);
          pos = (pos + (step === 0 ? 1 : step)) | 0;
        }
      }
    }
    if (this.#not.length > 0) this.#matchNot(bytes, at, length, bits);
    if (this.#regex.length > 0) this.#matchRegex(bytes, at, end, bits);
    const always = this.#always;
    for (let index = 0; index < always.length; index++) setBit(bits, always[index]);
  }

  #matchExact(bytes: Buffer, at: number, length: number, bits: Int32Array): void {
    for (let next = this.#exactHead[Math.min(length, EXACT_LENGTHS - 1)]; next !== 0; next = this.#exactNext[next]) {
      const needle = this.#exact[next - 1];
      if (needle.bytes.length === length && equalAt(bytes, at, needle.bytes)) setBit(bits, needle.bit);
    }
  }

  #verify(bytes: Buffer, at: number, end: number, bits: Int32Array): void {
    const contains = this.#contains;
    for (let index = 0; index < contains.length; index++) {
      const needle = contains[index];
      if (needle.bytes.length <= end - at && equalAt(bytes, at, needle.bytes)) setBit(bits, needle.bit);
    }
  }

  #searchLong(bytes: Buffer, at: number, end: number, bits: Int32Array): void {
    const text = bytes.subarray(at, end);
    for (const needle of this.#contains) if (!hasBit(bits, needle.bit) && text.indexOf(needle.bytes) >= 0) setBit(bits, needle.bit);
  }

  #matchNot(bytes: Buffer, at: number, length: number, bits: Int32Array): void {
    for (const needle of this.#not) if (needle.bytes.length !== length || !equalAt(bytes, at, needle.bytes)) setBit(bits, needle.bit);
  }

  // A regular expression needs the decoded text: the one place where a span costs a string, and only when the policy asks for it.
  #matchRegex(bytes: Buffer, at: number, end: number, bits: Int32Array): void {
    let text: string | undefined;
    for (const regex of this.#regex) {
      if (hasBit(bits, regex.bit)) continue;
      text ??= bytes.toString("utf8", at, end);
      if (regex.test(text)) setBit(bits, regex.bit);
    }
  }
}

export function setBit(bits: Int32Array, bit: number): void {
  bits[bit >> 5] |= 1 << (bit & 31);
}

export function hasBit(bits: Int32Array, bit: number): boolean {
  return (bits[bit >> 5] & (1 << (bit & 31))) !== 0;
}

/** True when `needle` stands at `at`; the caller has checked that it fits. Last byte first: texts of one family share their beginning. */
export function equalAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  let index = (needle.length - 1) | 0;
  while (index >= 0 && bytes[at + index] === needle[index]) index = (index - 1) | 0;
  return index < 0;
}

function needles(tests: readonly TextTest[], match: "exact" | "prefix" | "contains" | "not"): Needle[] {
  return tests.flatMap((test) => (test.match === match ? [{ bytes: test.needle, bit: test.bit }] : []));
}

// Two bytes to one of 1024 places; what shares a place by chance only makes the search look closer.
function blockOf(first: number, second: number): number {
  return ((first << 5) ^ second) & (BLOCKS - 1);
}

// The window is as long as the shortest text, and looks at the beginning of each: 1 to 3 probes on a span name, against one per byte and text.
function fillShift(shift: Uint8Array, contains: readonly Needle[]): number {
  if (contains.length === 0) return 0;
  const window = Math.min(SHIFT_MAX, ...contains.map((needle) => needle.bytes.length));
  // With a window of one byte there is no block to go by, and every place is looked at.
  shift.fill(window === 1 ? 0 : window - 1);
  for (const needle of contains) {
    for (let index = 1; index < window; index++) {
      const block = blockOf(needle.bytes[index - 1], needle.bytes[index]);
      shift[block] = Math.min(shift[block], window - 1 - index);
    }
  }
  return window;
}
