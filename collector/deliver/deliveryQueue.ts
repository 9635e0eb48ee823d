import type { BreakerState } from "#domain/telemetry/measurement.ts";
import type { Clock } from "../clock.ts";
import { nextTryMs, type RetrySettings } from "./backoff.ts";
import { type Batch, payloadBytes } from "./batch.ts";
import { Breaker, type BreakerSettings } from "./breaker.ts";
import type { DropReason, Exporter, ExportOutcome } from "./exporter.ts";
import { RetryBudget, type RetryBudgetSettings } from "./retryBudget.ts";

export type DeliverySettings = {
  queue: { spansMax: number; bytesMax: number };
  retry: RetrySettings & RetryBudgetSettings;
  delivery: { concurrency: number; timeoutMs: number };
  breaker: BreakerSettings;
};

/** What the queue reports; each call stands for exactly what happened in that tick. */
export type DeliveryObserver = {
  /** First span accepted until the first try began, in seconds. */
  waited(seconds: number, batch: Batch): void;
  /** One try, until the backend's answer, in seconds. */
  exported(seconds: number): void;
  delivered(spans: number, bytes: number, batch: Batch): void;
  dropped(reason: DropReason, spans: number, bytes: number, message: string, batch: Batch): void;
  /** At a stop: not delivered, but in the write-ahead log, for the next start. */
  left(batch: Batch): void;
  tryFailed(message: string): void;
  breakerChanged(state: BreakerState, message: string): void;
};

export type DeliveryFigures = { firstTries: number; retries: number; failedTries: number; retriesHeldBack: number; lastFailure: string; lastFailureMs: number };

type Parts = { settings: DeliverySettings; exporter: Exporter; clock: Clock; random: () => number; observer: DeliveryObserver };
/** An exporter that is in use by so many tries; closed once it was replaced and the last of them has ended. */
type Seat = { exporter: Exporter; inUse: number; replaced: boolean; idle: () => void };
/** A batch that was tried; times are on a clock that stands still while nothing may be tried. `dueAt` is on the clock's `now`. */
type Tried = { batch: Batch; attempt: number; firstTryAt: number; dueAt: number; message: string; seat: Seat; heldBack: boolean };

const DRAIN_RETRY_MS = 200;
const PAUSE_MAX_MS = 3_600_000;

/**
 * Bounded in spans and bytes. Up to `concurrency` batches are under way at a time; one that has to be tried again waits aside and takes nobody's place. Retries go
 * under a budget, everything under the breaker, and when the backend asks for a delay nothing is sent before it is over. Settings and exporter can change at any
 * time: what is queued goes to the new exporter, with a fresh retry time.
 */
export class DeliveryQueue {
  readonly breaker: Breaker;
  readonly figures: DeliveryFigures = { firstTries: 0, retries: 0, failedTries: 0, retriesHeldBack: 0, lastFailure: "", lastFailureMs: 0 };
  #settings: DeliverySettings;
  #seat: Seat;
  #working = 0;
  #spans = 0;
  #bytes = 0;
  #sealed: (Batch | undefined)[] = [];
  #first = 0;
  /** Soonest due last. */
  readonly #again: Tried[] = [];
  #pausedUntil = 0;
  #pausedMs = 0;
  #draining = false;
  #stopped = false;
  #cancelTimer: (() => void) | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #budget: RetryBudget;
  readonly #observer: DeliveryObserver;
  #whenEmpty: (() => void)[] = [];

  constructor(parts: Parts) {
    this.#settings = parts.settings;
    this.#seat = seatFor(parts.exporter);
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#observer = parts.observer;
    this.#budget = new RetryBudget(parts.settings.retry, parts.clock);
    this.breaker = new Breaker({
      settings: parts.settings.breaker,
      clock: parts.clock,
      random: parts.random,
      changed: (state) => parts.observer.breakerChanged(state, this.figures.lastFailure),
    });
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
    if (this.#stopped) return this.#giveUp(batch, "the collector has stopped");
    this.#sealed.push(batch);
    this.#fill();
  }

  configure(settings: DeliverySettings): void {
    this.#settings = settings;
    this.#budget.settings = settings.retry;
    this.breaker.settings = settings.breaker;
    this.#fill();
  }

  /** Tries under way end at the old exporter; everything else goes to the new one, at once. Resolves when the old one is closed; the same one again changes nothing. */
  async replaceExporter(exporter: Exporter, closeWithinMs: number): Promise<void> {
    if (exporter === this.#seat.exporter) return;
    const old = this.#seat;
    this.#seat = seatFor(exporter);
    this.breaker.reset();
    this.#endPause();
    const now = this.#clock.now();
    for (const tried of this.#again) Object.assign(tried, { attempt: 0, firstTryAt: this.#activeMs(), dueAt: now, seat: this.#seat });
    this.#fill();
    await retire(old, closeWithinMs);
  }

  /**
   * Tries until the queue is empty or the deadline has passed, without back-off and budget, through the breaker by its probes. What is left then stays in the
   * write-ahead log, or is dropped and counted. The exporter is closed.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true;
    this.#endPause();
    this.breaker.probeNow();
    for (const tried of this.#again) tried.dueAt = this.#clock.now();
    this.#fill();
    if (!this.#isEmpty) {
      const empty = new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
      const timeUp = Promise.withResolvers<void>();
      const cancel = this.#clock.after(deadlineMs, timeUp.resolve);
      await Promise.race([empty, timeUp.promise]);
      cancel();
    }
    this.#stopped = true;
    this.#cancelTimer?.();
    while (this.#waiting > 0) this.#giveUp(this.#take(), "not delivered before the shutdown deadline");
    for (const { batch, message } of this.#again.splice(0)) this.#giveUp(batch, message);
    await Promise.race([retire(this.#seat, 500), new Promise<void>((resolve) => this.#clock.after(500, resolve))]);
  }

  get #waiting(): number {
    return this.#sealed.length - this.#first;
  }

  get #isEmpty(): boolean {
    return this.#working === 0 && this.#waiting === 0 && this.#again.length === 0;
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
    while (!this.#stopped && this.#seat.inUse < this.#settings.delivery.concurrency && this.#waiting + this.#again.length > 0) {
      const waitMs = Math.max(this.breaker.waitMs(), this.#pausedUntil - this.#clock.now());
      if (waitMs > 0) return this.#wakeIn(waitMs);
      const tried = this.#nextAgain();
      if (tried !== undefined) {
        this.figures.retries++;
        void this.#work(tried);
      } else if (this.#waiting > 0) {
        const batch = this.#take();
        this.figures.firstTries++;
        this.#budget.first();
        this.#observer.waited((this.#clock.now() - batch.firstAt) / 1000, batch);
        void this.#work({ batch, attempt: 0, firstTryAt: this.#activeMs(), dueAt: 0, message: "", seat: this.#seat, heldBack: false });
      } else return;
    }
  }

  /** The batch to be tried again now, if there is one; else sees to being woken when there may be. */
  #nextAgain(): Tried | undefined {
    const soonest = this.#again.at(-1);
    if (soonest === undefined) return undefined;
    if (this.breaker.state === "half-open") {
      // In turn with what was never tried: one batch that the backend alone can't take must not be every probe.
      if (this.#waiting > 0 && this.breaker.opened % 2 === 0) return undefined;
    } else {
      const dueIn = soonest.dueAt - this.#clock.now();
      if (dueIn > 0) {
        this.#wakeIn(dueIn);
        return undefined;
      }
      if (!this.#draining && !this.#budget.take()) {
        if (!soonest.heldBack) this.figures.retriesHeldBack++;
        soonest.heldBack = true;
        this.#wakeIn(this.#budget.waitMs);
        return undefined;
      }
    }
    return this.#again.pop();
  }

  async #work(tried: Tried): Promise<void> {
    this.#working++;
    const { batch, seat } = tried;
    const era = this.breaker.begin();
    const outcome = await this.#try(seat, batch);
    this.#working--;
    if (outcome.kind === "delivered") {
      if (seat === this.#seat) this.breaker.succeeded(era);
      this.#settle(batch, outcome.rejectedSpans, outcome.message);
    } else this.#failed(tried, era, outcome);
    this.#fill();
    if (this.#isEmpty) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  #failed(tried: Tried, era: number, outcome: Exclude<ExportOutcome, { kind: "delivered" }>): void {
    const { batch, seat } = tried;
    this.figures.failedTries++;
    this.figures.lastFailure = outcome.message.slice(0, 500);
    this.figures.lastFailureMs = this.#clock.unixMs();
    this.#observer.tryFailed(outcome.message);
    const isCurrent = seat === this.#seat;
    if (outcome.kind === "permanent") {
      if (isCurrent) this.breaker.succeeded(era);
      return this.#drop(batch, seat.exporter.failure.permanent, outcome.message);
    }
    if (isCurrent) {
      this.breaker.failed(era, outcome.retryAfterMs ?? 0);
      if (outcome.retryAfterMs !== undefined && this.breaker.state === "closed") this.#pause(outcome.retryAfterMs);
    }
    if (this.#stopped) return this.#giveUp(batch, outcome.message);
    if (!isCurrent) return this.#putAside({ ...tried, attempt: 0, firstTryAt: this.#activeMs(), dueAt: 0, seat: this.#seat, message: outcome.message });
    const delay = this.#draining ? DRAIN_RETRY_MS : nextTryMs(this.#settings.retry, tried.attempt, this.#activeMs() - tried.firstTryAt, this.#random);
    if (delay === undefined) return this.#drop(batch, seat.exporter.failure.exhausted, outcome.message);
    this.#putAside({ ...tried, attempt: tried.attempt + 1, dueAt: this.#clock.now() + delay, message: outcome.message, heldBack: false });
  }

  #putAside(tried: Tried): void {
    let low = 0;
    let high = this.#again.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#again[middle].dueAt > tried.dueAt) low = middle + 1;
      else high = middle;
    }
    this.#again.splice(low, 0, tried);
  }

  /** Time in which something could be tried. */
  #activeMs(): number {
    const now = this.#clock.now();
    return now - this.breaker.notClosedMs - this.#pausedMs + Math.max(0, this.#pausedUntil - now);
  }

  /** The backend asked for a delay: that holds for everything that goes to it. */
  #pause(ms: number): void {
    const now = this.#clock.now();
    const until = now + Math.min(ms, PAUSE_MAX_MS);
    const from = Math.max(now, this.#pausedUntil);
    if (until <= from || this.#draining) return;
    this.#pausedMs += until - from;
    this.#pausedUntil = until;
  }

  #endPause(): void {
    this.#pausedMs -= Math.max(0, this.#pausedUntil - this.#clock.now());
    this.#pausedUntil = 0;
  }

  #wakeIn(ms: number): void {
    if (ms === Number.POSITIVE_INFINITY) return;
    const afterMs = this.#draining ? Math.min(ms, DRAIN_RETRY_MS) : ms;
    const at = this.#clock.now() + afterMs;
    if (at >= this.#timerAt) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer = this.#clock.after(afterMs, () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      if (this.#draining) this.breaker.probeNow();
      this.#fill();
    });
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

  /** At a stop: what the log holds stays there. */
  #giveUp(batch: Batch, message: string): void {
    if (batch.logged === undefined) return this.#drop(batch, "shutdown", message);
    this.#leave(batch);
    this.#observer.left(batch);
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
