import type { Clock } from "../clock.ts";
import { nextTryMs, type RetrySettings } from "./backoff.ts";
import { type Batch, payloadBytes } from "./batch.ts";
import type { DropReason, Exporter, ExportOutcome } from "./exporter.ts";

export type DeliverySettings = {
  queue: { spansMax: number; bytesMax: number };
  retry: RetrySettings;
  delivery: { concurrency: number; timeoutMs: number };
};

/** What the queue reports; each call stands for exactly what happened in that tick. */
export type DeliveryObserver = {
  /** First span accepted until the first try began, in seconds. */
  waited(seconds: number, batch: Batch): void;
  /** One try, until the backend's answer, in seconds. */
  exported(seconds: number): void;
  delivered(spans: number, bytes: number, batch: Batch): void;
  dropped(reason: DropReason, spans: number, bytes: number, message: string, batch: Batch): void;
  tryFailed(message: string): void;
};

type Parts = { settings: DeliverySettings; exporter: Exporter; clock: Clock; random: () => number; observer: DeliveryObserver };

/** An exporter that is in use by so many tries; closed once it was replaced and the last of them has ended. */
type Seat = { exporter: Exporter; inUse: number; replaced: boolean; idle: () => void };

/**
 * Bounded in spans and bytes. Up to `concurrency` batches are worked on at a time, each until it was delivered or dropped; a batch in back-off keeps its
 * place. Settings and exporter can change at any time: whatever is queued or waits for its next try goes to the new exporter, with a fresh retry time.
 */
export class DeliveryQueue {
  #settings: DeliverySettings;
  #seat: Seat;
  #working = 0;
  #spans = 0;
  #bytes = 0;
  #sealed: (Batch | undefined)[] = [];
  #first = 0;
  #stopped = false;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #observer: DeliveryObserver;
  readonly #asleep = new Set<() => void>();
  #whenEmpty: (() => void)[] = [];

  constructor(parts: Parts) {
    this.#settings = parts.settings;
    this.#seat = seatFor(parts.exporter);
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#observer = parts.observer;
  }

  /** Spans that were admitted and not yet settled: in the open batch, sealed, or in flight. */
  get spans(): number {
    return this.#spans;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get settings(): DeliverySettings {
    return this.#settings;
  }

  /** Whether so much more may be admitted now. */
  hasRoom(spans: number, bytes: number): boolean {
    return this.#spans + spans <= this.#settings.queue.spansMax && this.#bytes + bytes <= this.#settings.queue.bytesMax;
  }

  /** Counts what went into the open batch; it arrives here with `push`. */
  admit(spans: number, bytes: number): void {
    this.#spans += spans;
    this.#bytes += bytes;
  }

  push(batch: Batch): void {
    if (this.#stopped) return this.#drop(batch, "shutdown", "the collector has stopped");
    this.#sealed.push(batch);
    this.#fill();
  }

  configure(settings: DeliverySettings): void {
    this.#settings = settings;
    this.#fill();
  }

  /** Tries under way end at the old exporter; everything else goes to the new one, at once. Resolves when the old one is closed. */
  async replaceExporter(exporter: Exporter, closeWithinMs: number): Promise<void> {
    const old = this.#seat;
    this.#seat = seatFor(exporter);
    this.#wakeAll();
    await retire(old, closeWithinMs);
  }

  /** Tries until the queue is empty or the deadline has passed; what is left then is dropped and counted. The exporter is closed. */
  async drain(deadlineMs: number): Promise<void> {
    this.#wakeAll();
    if (this.#working > 0 || this.#waiting > 0) {
      const empty = new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
      const timeUp = Promise.withResolvers<void>();
      const cancel = this.#clock.after(deadlineMs, timeUp.resolve);
      await Promise.race([empty, timeUp.promise]);
      cancel();
    }
    this.#stopped = true;
    while (this.#waiting > 0) this.#drop(this.#take(), "shutdown", "not delivered before the shutdown deadline");
    this.#wakeAll();
    await Promise.race([retire(this.#seat, 500), new Promise<void>((resolve) => this.#clock.after(500, resolve))]);
  }

  get #waiting(): number {
    return this.#sealed.length - this.#first;
  }

  #take(): Batch {
    const batch = this.#sealed[this.#first];
    if (batch === undefined) throw new Error("take() of an empty queue");
    // Left in place it would keep the batch's buffer alive until the list is shortened.
    this.#sealed[this.#first++] = undefined;
    if (this.#first > 1024 && this.#first * 2 > this.#sealed.length) {
      this.#sealed = this.#sealed.slice(this.#first);
      this.#first = 0;
    }
    return batch;
  }

  #fill(): void {
    while (!this.#stopped && this.#working < this.#settings.delivery.concurrency && this.#waiting > 0) {
      this.#working++;
      void this.#work(this.#take());
    }
  }

  async #work(batch: Batch): Promise<void> {
    this.#observer.waited((this.#clock.now() - batch.firstAt) / 1000, batch);
    await this.#deliver(batch);
    this.#working--;
    this.#fill();
    if (this.#working === 0 && this.#waiting === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  async #deliver(batch: Batch): Promise<void> {
    let seat = this.#seat;
    let firstTryAt = this.#clock.now();
    for (let attempt = 0; ; attempt++) {
      if (seat !== this.#seat) {
        seat = this.#seat;
        firstTryAt = this.#clock.now();
        attempt = 0;
      }
      const outcome = await this.#try(seat, batch);
      if (outcome.kind === "delivered") return this.#settle(batch, outcome.rejectedSpans, outcome.message);
      this.#observer.tryFailed(outcome.message);
      if (outcome.kind === "permanent") return this.#drop(batch, seat.exporter.failure.permanent, outcome.message);
      if (this.#stopped) return this.#drop(batch, "shutdown", outcome.message);
      if (seat !== this.#seat) continue;
      const delay = nextTryMs(this.#settings.retry, attempt, this.#clock.now() - firstTryAt, outcome.retryAfterMs, this.#random);
      if (delay === undefined) return this.#drop(batch, seat.exporter.failure.exhausted, outcome.message);
      await this.#sleep(delay);
      if (this.#stopped) return this.#drop(batch, "shutdown", outcome.message);
    }
  }

  async #try(seat: Seat, batch: Batch): Promise<ExportOutcome> {
    const startedAt = this.#clock.now();
    seat.inUse++;
    try {
      return await seat.exporter.export(batch, this.#settings.delivery.timeoutMs);
    } catch (error) {
      // An exporter promises not to reject; should one break that, the batch is tried again rather than lost.
      return { kind: "retryable", message: error instanceof Error ? error.message : String(error), retryAfterMs: undefined };
    } finally {
      this.#observer.exported((this.#clock.now() - startedAt) / 1000);
      if (--seat.inUse === 0 && seat.replaced) seat.idle();
    }
  }

  #settle(batch: Batch, rejectedSpans: number, message: string): void {
    const rejected = Math.min(batch.spans, Math.max(0, Math.trunc(rejectedSpans)));
    const bytes = payloadBytes(batch);
    const bytesRejected = batch.spans === 0 ? 0 : Math.round((bytes * rejected) / batch.spans);
    this.#leave(batch);
    if (batch.spans > rejected) this.#observer.delivered(batch.spans - rejected, bytes - bytesRejected, batch);
    if (rejected > 0) this.#observer.dropped("backend_rejected", rejected, bytesRejected, message, batch);
    batch.release();
  }

  // The buffer is left to the garbage collector: a transport that was cut off may still read it.
  #drop(batch: Batch, reason: DropReason, message: string): void {
    this.#leave(batch);
    this.#observer.dropped(reason, batch.spans, payloadBytes(batch), message, batch);
  }

  #leave(batch: Batch): void {
    this.#spans -= batch.spans;
    this.#bytes -= payloadBytes(batch);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        this.#asleep.delete(wake);
        resolve();
      };
      const cancel = this.#clock.after(ms, wake);
      this.#asleep.add(wake);
    });
  }

  #wakeAll(): void {
    for (const wake of [...this.#asleep]) wake();
  }
}

function seatFor(exporter: Exporter): Seat {
  return { exporter, inUse: 0, replaced: false, idle: () => {} };
}

async function retire(seat: Seat, closeWithinMs: number): Promise<void> {
  seat.replaced = true;
  if (seat.inUse > 0) {
    await new Promise<void>((resolve) => {
      seat.idle = resolve;
    });
  }
  await seat.exporter.close(closeWithinMs);
}
