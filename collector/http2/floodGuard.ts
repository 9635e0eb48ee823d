/** Streams that a client may have reset, or gets reset, at once, and a second. As in nghttp2; more is an attack (CVE-2023-44487, CVE-2025-8671). */
const RESETS_AT_ONCE = 1_000;
const RESETS_PER_S = 33;
/** Frames that bring no request on: PING, SETTINGS, PRIORITY, empty DATA. At so many a second they cost about a hundredth of a core. */
const IDLE_FRAMES_AT_ONCE = 10_000;
const IDLE_FRAMES_PER_S = 5_000;
/** A request makes up for so many: a Go client sends a PING for nearly each answer. */
const IDLE_FRAMES_PER_REQUEST = 4;

/** A token bucket that looks at the clock only when it seems empty. */
class Bucket {
  readonly #most: number;
  readonly #perS: number;
  #left: number;
  #filledAt: number;

  constructor(most: number, perS: number, nowMs: number) {
    this.#most = most;
    this.#perS = perS;
    this.#left = most;
    this.#filledAt = nowMs;
  }

  take(now: () => number, tokens = 1): boolean {
    this.#left -= tokens;
    if (this.#left >= 0) return true;
    const nowMs = now();
    this.#left = Math.min(this.#most, this.#left + ((nowMs - this.#filledAt) / 1000) * this.#perS);
    this.#filledAt = nowMs;
    return this.#left >= 0;
  }

  give(tokens: number): void {
    this.#left = Math.min(this.#most, this.#left + tokens);
  }
}

/** How much of what costs its client nothing one connection may send; whoever sends more loses it (ENHANCE_YOUR_CALM). */
export class FloodGuard {
  readonly #now: () => number;
  readonly #resets: Bucket;
  readonly #idleFrames: Bucket;

  /** `now` in milliseconds. */
  constructor(now: () => number, startedAtMs: number) {
    this.#now = now;
    this.#resets = new Bucket(RESETS_AT_ONCE, RESETS_PER_S, startedAtMs);
    this.#idleFrames = new Bucket(IDLE_FRAMES_AT_ONCE, IDLE_FRAMES_PER_S, startedAtMs);
  }

  /** False: too many. */
  mayReset(): boolean {
    return this.#resets.take(this.#now);
  }

  /** A frame that brings no request on; false: too many. */
  mayIdle(cost: number): boolean {
    return this.#idleFrames.take(this.#now, cost);
  }

  /** A request has come. */
  worked(): void {
    this.#idleFrames.give(IDLE_FRAMES_PER_REQUEST);
  }
}
