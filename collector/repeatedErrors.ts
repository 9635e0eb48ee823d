import type { Clock } from "./clock.ts";

const INTERVAL_MS = 10_000;
const KINDS_MAX = 64;

/** Errors that come by the thousand are logged at most once in ten seconds per kind, with how many there were since. */
export class RepeatedErrors {
  readonly #clock: Clock;
  readonly #log: (kind: string, fields: { message: string; count: number }) => void;
  readonly #kinds = new Map<string, { count: number; message: string; quietUntil: number }>();

  constructor(clock: Clock, log: (kind: string, fields: { message: string; count: number }) => void) {
    this.#clock = clock;
    this.#log = log;
  }

  report(kind: string, message: string, count: number): void {
    const now = this.#clock.now();
    let state = this.#kinds.get(kind);
    if (state === undefined) {
      if (this.#kinds.size >= KINDS_MAX) return;
      state = { count: 0, message, quietUntil: Number.NEGATIVE_INFINITY };
      this.#kinds.set(kind, state);
    }
    state.count += count;
    state.message = message;
    if (now >= state.quietUntil) this.#say(kind, now);
  }

  /** Logs what was held back since; called from time to time, so that the last of a burst is not kept for ever. */
  flush(): void {
    const now = this.#clock.now();
    for (const [kind, state] of this.#kinds) if (state.count > 0 && now >= state.quietUntil) this.#say(kind, now);
  }

  #say(kind: string, now: number): void {
    const state = this.#kinds.get(kind);
    if (state === undefined) return;
    const { message, count } = state;
    state.count = 0;
    state.quietUntil = now + INTERVAL_MS;
    this.#log(kind, { message, count });
  }
}
