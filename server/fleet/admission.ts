/** A token bucket: so many at once, then so many a second. Keeps a fleet that comes back all at once from trampling the database. */
export class Admission {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #nowMs: () => number;
  #tokens: number;
  #atMs: number;
  refused = 0;

  constructor({ perSecond, burst, nowMs }: { perSecond: number; burst: number; nowMs: () => number }) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#nowMs = nowMs;
    this.#tokens = burst;
    this.#atMs = nowMs();
  }

  admit(): boolean {
    const now = this.#nowMs();
    this.#tokens = Math.min(this.#burst, this.#tokens + (Math.max(0, now - this.#atMs) * this.#perSecond) / 1_000);
    this.#atMs = now;
    if (this.#tokens < 1) {
      this.refused++;
      return false;
    }
    this.#tokens--;
    return true;
  }
}
