/** The queue of a service's exporter. */
type SpanQueue = { readonly queued: number; onEnd(spans: number): void };

export type ServiceSettings = {
  requestsPerSecond: number;
  spansPerRequest: number;
  /** Requests that a service works on at the same time, as its threads; further ones are turned away. */
  workers: number;
  /** What a request takes when nothing is in its way. */
  workMs: number;
  /** A request that took longer has failed for whoever called. */
  slowMs: number;
};

/** Of one second: requests that ended in time, and all. */
export type ServiceSecond = { ok: number; all: number };

type Request = { dueMs: number; endsAt: number };

/**
 * A service as in the case, whose requests suffer while its exporter is blocked. The model: at its end a request hands its spans to the exporter's queue, and while that
 * is full it waits for room, holding its worker, for `slowMs` at most; then the spans are dropped and the request has failed. This is an exporter that blocks; the
 * SDKs' default one drops instead and keeps its service unharmed, which is why this is a choice of the model and not of the SDK.
 */
export class Service {
  readonly seconds: ServiceSecond[] = [];
  readonly #settings: ServiceSettings;
  readonly #processor: SpanQueue;
  readonly #queueMax: number;
  #working: Request[] = [];
  #owed = 0;

  constructor(settings: ServiceSettings, processor: SpanQueue, queueMax: number) {
    this.#settings = settings;
    this.#processor = processor;
    this.#queueMax = queueMax;
  }

  /** Called every few milliseconds; `second` counts from the start of the case. */
  tick(nowMs: number, sinceMs: number, second: number): void {
    const { requestsPerSecond, spansPerRequest, workers, workMs, slowMs } = this.#settings;
    this.#owed += (requestsPerSecond * sinceMs) / 1000;
    for (; this.#owed >= 1; this.#owed--) {
      if (this.#working.length < workers) this.#working.push({ dueMs: nowMs, endsAt: nowMs + workMs });
      else this.#count(second, false);
    }
    this.#working = this.#working.filter(({ dueMs, endsAt }) => {
      if (nowMs < endsAt) return true;
      const hasRoom = this.#queueMax - this.#processor.queued >= spansPerRequest;
      if (!hasRoom && nowMs - dueMs < slowMs) return true;
      this.#processor.onEnd(spansPerRequest);
      this.#count(second, hasRoom && nowMs - dueMs <= slowMs);
      return false;
    });
  }

  #count(second: number, isOk: boolean): void {
    while (this.seconds.length <= second) this.seconds.push({ ok: 0, all: 0 });
    this.seconds[second].all++;
    if (isOk) this.seconds[second].ok++;
  }
}
