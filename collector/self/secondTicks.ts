import type { Clock } from "../clock.ts";

/** Calls `tick` on each whole wall-clock second with that second's time; one that could not be kept is left out, never made up for. */
export class SecondTicks {
  readonly #clock: Clock;
  readonly #tick: (atMs: number) => void;
  #cancel: (() => void) | undefined;
  #last = 0;

  constructor(clock: Clock, tick: (atMs: number) => void) {
    this.#clock = clock;
    this.#tick = tick;
  }

  start(): void {
    this.#cancel = this.#clock.after(1000 - (this.#clock.unixMs() % 1000), () => {
      // A timer may fire a little early; the nearest second is the one meant.
      const atMs = Math.round(this.#clock.unixMs() / 1000) * 1000;
      if (atMs > this.#last) {
        this.#last = atMs;
        this.#tick(atMs);
      }
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }
}
