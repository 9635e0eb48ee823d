import type { Measurement } from "#domain/telemetry/measurement.ts";

/** Fifteen minutes at one a second: what a control plane that was away can still be told. */
export const MEASUREMENTS_KEPT = 900;

/** The latest measurements, oldest first; the oldest make room for the newest. */
export class MeasurementRing {
  #items: Measurement[] = [];
  /** How many were pushed out before anybody asked for them again. */
  evicted = 0;

  push(measurement: Measurement): void {
    this.#items.push(measurement);
    if (this.#items.length > MEASUREMENTS_KEPT) {
      this.#items.shift();
      this.evicted++;
    }
  }

  get length(): number {
    return this.#items.length;
  }

  /** At most `max` of those taken after `atMs`, oldest first. */
  after(atMs: number, max: number): Measurement[] {
    let first = this.#items.length;
    while (first > 0 && this.#items[first - 1].atMs > atMs) first--;
    return this.#items.slice(first, first + max);
  }
}
