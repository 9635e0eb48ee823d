/** A browser's storage in memory; a value longer than `capacity` finds no room. */
export class MemoryStore {
  readonly #items = new Map<string, string>();
  readonly #capacity: number;
  constructor(capacity = Number.POSITIVE_INFINITY) {
    this.#capacity = capacity;
  }
  get length() {
    return this.#items.size;
  }
  key(index: number) {
    return [...this.#items.keys()][index] ?? null;
  }
  getItem(key: string) {
    return this.#items.get(key) ?? null;
  }
  setItem(key: string, value: string) {
    if (value.length > this.#capacity) throw new Error("quota exceeded");
    this.#items.set(key, value);
  }
  removeItem(key: string) {
    this.#items.delete(key);
  }
}
