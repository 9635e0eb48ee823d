import type { Clock } from "../clock.ts";

type Timer = { at: number; run: () => void };

/** Time as it was when something was recorded: moves only when told to, and runs what falls due in between. */
export class VirtualClock implements Clock {
  #now: number;
  #timers: Timer[] = [];

  constructor(unixMs: number) {
    this.#now = unixMs;
  }

  now(): number {
    return this.#now;
  }

  unixMs(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Never back: what was recorded by a clock that was set back happens at once. */
  moveTo(unixMs: number): void {
    for (let due = this.#first(); due !== undefined && due.at <= unixMs; due = this.#first()) {
      this.#timers.splice(this.#timers.indexOf(due), 1);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = Math.max(this.#now, unixMs);
  }

  #first(): Timer | undefined {
    let first = this.#timers[0];
    for (const timer of this.#timers) if (timer.at < first.at) first = timer;
    return first;
  }
}
