const SWEEP_MS = 1000;

/** Requests that take longer than `limitMs` to arrive are ended. One sweep a second instead of a timer per request. */
export class SlowRequests<T> {
  readonly #open = new Map<T, number>();
  readonly #limitMs: number;
  readonly #end: (request: T) => void;
  readonly #sweep: NodeJS.Timeout;

  constructor(limitMs: number, end: (request: T) => void) {
    this.#limitMs = limitMs;
    this.#end = end;
    this.#sweep = setInterval(() => this.sweep(performance.now()), Math.min(SWEEP_MS, limitMs)).unref();
  }

  add(request: T, startedAt: number): void {
    this.#open.set(request, startedAt);
  }

  remove(request: T): void {
    this.#open.delete(request);
  }

  /** Oldest first, so it stops at the first that still has time. */
  sweep(now: number): void {
    for (const [request, startedAt] of this.#open) {
      if (now - startedAt < this.#limitMs) return;
      this.#open.delete(request);
      this.#end(request);
    }
  }

  stop(): void {
    clearInterval(this.#sweep);
  }
}
