import { nextBatchSize } from "#domain/pipeline/nextBatchSize.ts";
import type { Clock } from "../clock.ts";
import { BATCH_HEADROOM, type Batch } from "../deliver/batch.ts";
import { BATCH_BUFFER_BYTES, BatchBuffers } from "./batchBuffers.ts";

export type BatchSettings = { sizeMin: number; sizeMax: number; timeoutMs: number; growWhenQueueAbove: number; shrinkWhenQueueBelow: number };

/** The queue answers to a larger batch only after a while; without a pause the size would run to its bound at once. */
const GROW_EVERY_MS = 200;
/** A queue is empty between any two batches, so the size is halved only after it stayed low. */
const SHRINK_AFTER_MS = 5_000;

type Parts = {
  settings: BatchSettings;
  clock: Clock;
  /** Spans queued now. */
  queued: () => number;
  /** The next batch's number. */
  number: () => number;
  sealed: (batch: Batch) => void;
};

/**
 * One open batch that kept spans are written into directly. It is sealed when it holds `size` spans or 4 MiB, or `timeoutMs` after its first span. The size adapts
 * to the queue between its bounds. A request is never split: one with more kept spans makes a batch of its own.
 */
export class Batcher {
  /** Where to write after `reserve`. */
  buffer: Buffer = EMPTY;
  /** Spans at which a batch is sealed now. */
  size: number;
  #at = BATCH_HEADROOM;
  #spans = 0;
  #number = 0;
  #firstAt = 0;
  #loggedFrom = NOT_LOGGED;
  #loggedTo = NOT_LOGGED;
  #changedAt = 0;
  #lowSince: number | undefined;
  #settings: BatchSettings;
  #cancelTimer: (() => void) | undefined;
  readonly #buffers = new BatchBuffers();
  readonly #clock: Clock;
  readonly #queued: () => number;
  readonly #nextNumber: () => number;
  readonly #sealed: (batch: Batch) => void;

  constructor({ settings, clock, queued, number, sealed }: Parts) {
    this.#settings = settings;
    this.size = settings.sizeMin;
    this.#clock = clock;
    this.#queued = queued;
    this.#nextNumber = number;
    this.#sealed = sealed;
  }

  get spans(): number {
    return this.#spans;
  }

  /** Spans that the open batch takes before it is sealed. */
  get spansLeft(): number {
    return this.size - this.#spans;
  }

  /** Makes room for at most `bytesMax` bytes of `spans` spans and says where in `buffer` to begin. What is written counts only with `commit`, in the same tick. */
  reserve(spans: number, bytesMax: number): number {
    if (this.#spans > 0 && (this.#spans + spans > this.size || this.#at + bytesMax > BATCH_BUFFER_BYTES)) this.seal();
    if (this.#at + bytesMax > this.buffer.length) {
      if (this.buffer.length > 0) this.#buffers.give(this.buffer);
      this.buffer = this.#buffers.take(Math.max(BATCH_BUFFER_BYTES, BATCH_HEADROOM + bytesMax));
    }
    return this.#at;
  }

  /** `end` is where writing ended, `logged` the record of the write-ahead log that holds the same. Returns the number of the batch. */
  commit(end: number, spans: number, logged?: number): number {
    if (this.#spans > 0 && (logged === undefined) !== (this.#loggedFrom === NOT_LOGGED)) throw new Error("a batch is in the log as a whole, or not at all");
    if (this.#spans === 0) {
      this.#number = this.#nextNumber();
      this.#firstAt = this.#clock.now();
      this.#loggedFrom = logged ?? NOT_LOGGED;
      this.#cancelTimer = this.#clock.after(this.#settings.timeoutMs, () => this.seal());
    }
    this.#loggedTo = logged === undefined ? NOT_LOGGED : logged + 1;
    this.#at = end;
    this.#spans += spans;
    const number = this.#number;
    if (this.#spans >= this.size) this.seal();
    return number;
  }

  /** Sends the open batch on, whatever its size; nothing happens when it is empty. */
  seal(): void {
    if (this.#spans === 0) return;
    this.#cancelTimer?.();
    const { buffer } = this;
    const end = this.#at;
    const logged = this.#loggedFrom === NOT_LOGGED ? undefined : { from: this.#loggedFrom, to: this.#loggedTo };
    const batch = { number: this.#number, end, spans: this.#spans, firstAt: this.#firstAt, logged };
    this.#at = BATCH_HEADROOM;
    this.#spans = 0;
    this.#adapt();
    // A batch that fills little of its buffer would hold memory that the queue's bound in bytes does not see.
    if (end * 2 < buffer.length) {
      const own = this.#buffers.take(end);
      buffer.copy(own, 0, 0, end);
      this.#sealed({ ...batch, buffer: own, release: once(() => this.#buffers.give(own)) });
      return;
    }
    this.buffer = EMPTY;
    this.#sealed({ ...batch, buffer, release: once(() => this.#buffers.give(buffer)) });
  }

  configure(settings: BatchSettings): void {
    this.#settings = settings;
    this.size = Math.min(settings.sizeMax, Math.max(settings.sizeMin, this.size));
    this.seal();
  }

  #adapt(): void {
    const now = this.#clock.now();
    const queued = this.#queued();
    const next = nextBatchSize(this.#settings, this.size, queued);
    if (queued >= this.#settings.shrinkWhenQueueBelow) this.#lowSince = undefined;
    else this.#lowSince ??= now;
    if (next === this.size || now - this.#changedAt < GROW_EVERY_MS) return;
    if (next < this.size && now - Math.max(this.#lowSince ?? now, this.#changedAt) < SHRINK_AFTER_MS) return;
    this.size = next;
    this.#changedAt = now;
  }
}

const NOT_LOGGED = -1;
const EMPTY = Buffer.alloc(0);

function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    run();
  };
}
