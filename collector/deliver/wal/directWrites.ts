import type { Clock } from "../../clock.ts";

/** A write to the page cache of so much takes well under a millisecond; more goes to another thread, which also may be on another core. */
const BYTES_MAX = 262_144;
const SLOW_WRITE_MS = 20;
/** Of calls in other threads, which have to reach the disk itself. */
const SLOW_CALL_MS = 500;
const WARY_MS = 10_000;

/**
 * When a write may be made in the thread that appends, where it costs a tenth of what handing it to another thread and back does. A disk that stands still would
 * stop the whole thread with it, so: only on a file system of this machine, only little at a time, never while any other call to the disk is under way (an fdatasync
 * meets a disk that stands still first, as a write need not reach the disk), and not for a while after anything was slow.
 */
export class DirectWrites {
  /** Where the folder is on a file system whose cache is this machine's memory. */
  isLocal = false;
  #underWay = 0;
  #waryUntil = Number.NEGATIVE_INFINITY;
  readonly #clock: Pick<Clock, "now">;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  allows(bytes: number): boolean {
    return this.isLocal && this.#underWay === 0 && bytes <= BYTES_MAX && this.#clock.now() >= this.#waryUntil;
  }

  /** Runs `write` in this thread and notes how long it took. */
  time(write: () => boolean): boolean {
    const began = this.#clock.now();
    try {
      return write();
    } finally {
      this.#took(began, SLOW_WRITE_MS);
    }
  }

  /** Another call to the disk, from its beginning to its end. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    const began = this.#clock.now();
    this.#underWay++;
    try {
      return await run();
    } finally {
      this.#underWay--;
      this.#took(began, SLOW_CALL_MS);
    }
  }

  #took(began: number, slowMs: number): void {
    const now = this.#clock.now();
    if (now - began >= slowMs) this.#waryUntil = now + WARY_MS;
  }
}
