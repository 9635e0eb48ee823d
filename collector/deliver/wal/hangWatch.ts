import type { Clock } from "../../clock.ts";

/** Knows which calls to the disk have not come back for `limitMs`. */
export class HangWatch {
  readonly #clock: Clock;
  readonly limitMs: number;
  readonly #changed: () => void;
  readonly #calls = new Set<{ what: string; since: number }>();
  #cancel: (() => void) | undefined;
  #hanging: { what: string } | undefined;
  #closed = false;

  constructor(clock: Clock, limitMs: number, changed: () => void) {
    this.#clock = clock;
    this.limitMs = limitMs;
    this.#changed = changed;
  }

  /** What hangs, or undefined. */
  get hanging(): string | undefined {
    return this.#hanging?.what;
  }

  async during<T>(what: string, run: () => Promise<T>): Promise<T> {
    const call = { what, since: this.#clock.now() };
    this.#calls.add(call);
    this.#arm(this.limitMs);
    try {
      return await run();
    } finally {
      this.#calls.delete(call);
      if (this.#hanging === call) this.#look();
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** One timer that looks again when the oldest call may be overdue, instead of one for each call. */
  #arm(ms: number): void {
    if (this.#closed || this.#cancel !== undefined) return;
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = undefined;
      this.#look();
    });
  }

  #look(): void {
    const [oldest] = this.#calls;
    const ageMs = oldest === undefined ? 0 : this.#clock.now() - oldest.since;
    const hanging = oldest !== undefined && ageMs >= this.limitMs ? oldest : undefined;
    if (oldest !== undefined && hanging === undefined) this.#arm(this.limitMs - ageMs);
    if (hanging === this.#hanging) return;
    this.#hanging = hanging;
    this.#changed();
  }
}
