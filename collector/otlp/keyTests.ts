import { equalAt, setBit, type TextMatcher } from "./textMatcher.ts";

export type NumberOp = "equals" | "notEquals" | "above" | "atLeast" | "below" | "atMost";
export type NumberTest = { op: NumberOp; value: number; bit: number };

/** What is asked of the attributes with one key, by the kind of their value. Each list holds bits to set. */
export type KeyTests = {
  /** Whatever the value, also none. */
  exists: readonly number[];
  text: TextMatcher;
  numbers: readonly NumberTest[];
  anyNumber: readonly number[];
  whenTrue: readonly number[];
  whenFalse: readonly number[];
  /** A list, a map, bytes or no value at all. */
  anyOther: readonly number[];
};

const SHORT_KEY = 128;

/** Attribute keys that a policy asks for. */
export class KeySet {
  /**
   * By length (under 128) and middle byte of a key: 1 when the policy may ask for it. The middle byte tells apart what shares its beginning (`http.`)
   * or its end (`.name`).
   */
  readonly candidates = new Uint8Array(SHORT_KEY * 256);
  /**
   * A bit for each length of key asked for: under 32 in the first, all others by their remainder in the second. The scan asks only this of most
   * attributes, in registers; in the hot loop every look into an array costs five loads.
   */
  readonly lengths0: number = 0;
  readonly lengths1: number = 0;
  readonly #keys: Uint8Array[];
  readonly #tests: KeyTests[];
  readonly size: number;

  constructor(entries: readonly { key: Uint8Array; tests: KeyTests }[]) {
    this.size = entries.length;
    this.#keys = entries.map((entry) => entry.key);
    this.#tests = entries.map((entry) => entry.tests);
    for (const key of this.#keys) {
      if (key.length < 32) this.lengths0 |= 1 << key.length;
      else this.lengths1 |= 1 << (key.length & 31);
    }
    for (const key of this.#keys) if (key.length < SHORT_KEY) this.candidates[(key.length << 8) | key[key.length >> 1]] = 1;
  }

  /** The tests for the key in [at, at + length), or undefined. */
  find(bytes: Uint8Array, at: number, length: number): KeyTests | undefined {
    const keys = this.#keys;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index];
      if (key.length === length && equalAt(bytes, at, key)) return this.#tests[index];
    }
    return undefined;
  }
}

export function setAll(bits: Int32Array, which: readonly number[]): void {
  for (let index = 0; index < which.length; index++) setBit(bits, which[index]);
}

export function testNumber(tests: KeyTests, value: number, bits: Int32Array): void {
  for (const test of tests.numbers) if (numberFits(test.op, value, test.value)) setBit(bits, test.bit);
  setAll(bits, tests.anyNumber);
}

function numberFits(op: NumberOp, value: number, against: number): boolean {
  switch (op) {
    case "equals":
      return value === against;
    case "notEquals":
      return value !== against;
    case "above":
      return value > against;
    case "atLeast":
      return value >= against;
    case "below":
      return value < against;
    case "atMost":
      return value <= against;
  }
}
