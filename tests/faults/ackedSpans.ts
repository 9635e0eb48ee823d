import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import type { SpanIds } from "./spanIds.ts";

const REQUESTS_MAX = 4_000_000;

/** Which spans were acknowledged: one entry a request, whose ids are consecutive. */
export class AckedSpans {
  readonly tag: number;
  spans = 0;
  readonly #requests: { first: number; spans: number; atMs: number; dueMs: number }[] = [];

  constructor(tag: number) {
    this.tag = tag;
  }

  /** `dueMs`: when it was to be sent, `atMs`: when it was acknowledged, both on performance.now(). */
  add(first: number, spans: number, atMs: number, dueMs = atMs): void {
    if (this.#requests.length >= REQUESTS_MAX) throw new Error(`more than ${REQUESTS_MAX} requests acknowledged`);
    this.#requests.push({ first, spans, atMs, dueMs });
    this.spans += spans;
  }

  /** Those acknowledged before `beforeMs` (performance.now) that a backend has not got, as [tag, number]. */
  missingFrom(ids: SpanIds, beforeMs = Number.POSITIVE_INFINITY): [number, number][] {
    const missing: [number, number][] = [];
    for (const { first, spans, atMs } of this.#requests) {
      if (atMs >= beforeMs) continue;
      for (let number = first; number < first + spans; number++) if (ids.times(this.tag, number) === 0) missing.push([this.tag, number]);
    }
    return missing;
  }

  /** From when a request was due until its first span was at the backend (in the same process), in seconds; requests whose first span has not arrived are left out. */
  arrivalDelays(ids: SpanIds): ExponentialHistogram {
    const delays = new ExponentialHistogram();
    for (const { first, dueMs } of this.#requests) {
      const at = ids.firstAt(this.tag, first);
      if (at !== undefined) delays.record((at - dueMs) / 1000);
    }
    return delays;
  }
}
