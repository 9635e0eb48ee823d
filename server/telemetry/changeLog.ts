import type { OwnChange } from "./noticeChanges.ts";

/** How many changes are kept of one collector. */
export const CHANGES_MAX = 200;
const LEFT_OUT_MAX = 1_000;

/** The newest changes of one collector over a window of time. Those that had to go before their time are counted, up to a thousand. */
export class ChangeLog {
  readonly #windowMs: number;
  #changes: OwnChange[] = [];
  #leftOutAtMs: number[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** In any order. */
  add(changes: readonly OwnChange[]): void {
    if (changes.length === 0) return;
    this.#changes = [...this.#changes, ...changes].sort((a, b) => a.atMs - b.atMs);
    const over = this.#changes.splice(0, Math.max(0, this.#changes.length - CHANGES_MAX));
    this.#leftOutAtMs = [...this.#leftOutAtMs, ...over.map(({ atMs }) => atMs)].slice(-LEFT_OUT_MAX);
  }

  /** Those of the last window, oldest first, and how many of it are missing. */
  within(nowMs: number): { changes: readonly OwnChange[]; leftOut: number } {
    const fromMs = nowMs - this.#windowMs;
    this.#changes = this.#changes.filter(({ atMs }) => atMs >= fromMs);
    this.#leftOutAtMs = this.#leftOutAtMs.filter((atMs) => atMs >= fromMs);
    return { changes: this.#changes, leftOut: this.#leftOutAtMs.length };
  }
}
