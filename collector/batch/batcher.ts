import type { Clock } from "../clock.ts";
import { BATCH_HEADROOM, type Batch } from "../deliver/batch.ts";
import { BATCH_BUFFER_BYTES, BatchBuffers } from "./batchBuffers.ts";

export type BatchSettings = { sizeMax: number; timeoutMs: number };

/**
 * One open batch that kept spans are written into directly. It is sealed when it is full (in spans, or 4 MiB), or `timeoutMs` after its first span.
 * A request is never split: one with more than `sizeMax` kept spans makes a batch of its own.
 */
export class Batcher {
  /** Where to write after `reserve`. */
  buffer: Buffer = EMPTY;
  #at = BATCH_HEADROOM;
  #spans = 0;
  #number = 0;
  #firstAt = 0;
  #settings: BatchSettings;
  #cancelTimer: (() => void) | undefined;
  readonly #buffers = new BatchBuffers();
  readonly #clock: Clock;
  readonly #sealed: (batch: Batch) => void;

  constructor(settings: BatchSettings, clock: Clock, sealed: (batch: Batch) => void) {
    this.#settings = settings;
    this.#clock = clock;
    this.#sealed = sealed;
  }

  get spans(): number {
    return this.#spans;
  }

  /** Of the open batch: they are numbered as they are sealed. */
  get number(): number {
    return this.#number;
  }

  /** Spans that the open batch takes before it is sealed. */
  get spansLeft(): number {
    return this.#settings.sizeMax - this.#spans;
  }

  /** Makes room for at most `bytesMax` bytes of `spans` spans and says where in `buffer` to begin. `commit` has to follow in the same tick. */
  reserve(spans: number, bytesMax: number): number {
    if (this.#spans > 0 && (this.#spans + spans > this.#settings.sizeMax || this.#at + bytesMax > BATCH_BUFFER_BYTES)) this.seal();
    if (this.#at + bytesMax > this.buffer.length) {
      if (this.buffer.length > 0) this.#buffers.give(this.buffer);
      this.buffer = this.#buffers.take(BATCH_HEADROOM + bytesMax);
    }
    return this.#at;
  }

  /** `end` is where writing ended. */
  commit(end: number, spans: number): void {
    if (this.#spans === 0) {
      this.#firstAt = this.#clock.now();
      this.#cancelTimer = this.#clock.after(this.#settings.timeoutMs, () => this.seal());
    }
    this.#at = end;
    this.#spans += spans;
    if (this.#spans >= this.#settings.sizeMax) this.seal();
  }

  /** Sends the open batch on, whatever its size; nothing happens when it is empty. */
  seal(): void {
    if (this.#spans === 0) return;
    this.#cancelTimer?.();
    const { buffer } = this;
    const end = this.#at;
    const batch = { number: this.#number++, end, spans: this.#spans, firstAt: this.#firstAt };
    this.#at = BATCH_HEADROOM;
    this.#spans = 0;
    // A batch that fills little of its buffer would hold memory that the queue's bound in bytes does not see.
    if (end * 2 < buffer.length) {
      const own = Buffer.allocUnsafeSlow(end);
      buffer.copy(own, 0, 0, end);
      this.#sealed({ ...batch, buffer: own, release: nothing });
      return;
    }
    this.buffer = EMPTY;
    this.#sealed({ ...batch, buffer, release: once(() => this.#buffers.give(buffer)) });
  }

  configure(settings: BatchSettings): void {
    this.#settings = settings;
    this.seal();
  }
}

const EMPTY = Buffer.alloc(0);
const nothing = () => {};

function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    run();
  };
}
