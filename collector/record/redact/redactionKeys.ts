/** The keys of a redaction list, for comparison with bytes. */
export class RedactionKeys {
  readonly #exact = new Map<number, Buffer[]>();
  readonly #prefixes: Buffer[] = [];
  readonly isEmpty: boolean;

  constructor(redact: readonly string[]) {
    this.isEmpty = redact.length === 0;
    for (const key of redact) {
      if (key.endsWith("*")) this.#prefixes.push(Buffer.from(key.slice(0, -1)));
      else {
        const bytes = Buffer.from(key);
        this.#exact.set(bytes.length, [...(this.#exact.get(bytes.length) ?? []), bytes]);
      }
    }
  }

  /** Whether the key in [at, end) is one of them. */
  has(bytes: Uint8Array, at: number, end: number): boolean {
    const same = this.#exact.get(end - at);
    if (same !== undefined) for (let key = 0; key < same.length; key++) if (startsWith(bytes, at, same[key])) return true;
    for (let key = 0; key < this.#prefixes.length; key++) {
      const prefix = this.#prefixes[key];
      if (end - at >= prefix.length && startsWith(bytes, at, prefix)) return true;
    }
    return false;
  }
}

/** From the end: keys begin alike and differ at their end. */
function startsWith(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  for (let index = key.length - 1; index >= 0; index--) if (bytes[at + index] !== key[index]) return false;
  return true;
}
