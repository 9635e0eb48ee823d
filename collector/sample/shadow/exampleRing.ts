import { EXAMPLES_MAX, type ShadowExample } from "#domain/sampling/compare/shadowReport.ts";

/** Once it is full it takes a new one no more often. */
const EVERY_MS = 500;

/** The latest traces of one kind, no trace twice in a row. */
export class ExampleRing {
  #examples: ShadowExample[] = [];
  #takenAt = Number.NEGATIVE_INFINITY;

  /** The latest first. */
  get examples(): readonly ShadowExample[] {
    return this.#examples;
  }

  wants(now: number): boolean {
    return this.#examples.length < EXAMPLES_MAX || now - this.#takenAt >= EVERY_MS;
  }

  put(example: ShadowExample, now: number): void {
    if (this.#examples.some(({ traceId }) => traceId === example.traceId)) return;
    this.#takenAt = now;
    this.#examples = [example, ...this.#examples.slice(0, EXAMPLES_MAX - 1)];
  }
}
