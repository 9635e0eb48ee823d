/** So much above the bound may come at once, in seconds of it, before the share goes down: a short burst is no reason, since the lowest share of hours decides what can be tried on them. */
const BURST_S = 10;
/** After a step down so much is allowed until the next. */
const STEP_S = 2;
/** Steps up are this far apart, and only where twice as much would have stayed below this part of the bound. */
const UP_AFTER_MS = 60_000;
const UP_BELOW = 0.8;
const SHARE_MIN = 2 ** -30;

/**
 * The share of the traces that is recorded, a power of two, so that about so many spans a second are. Down as soon as more come, half by half: each half takes half of the
 * spans of the one before, so that however much comes, little more than a few seconds of the bound is recorded until it fits. Up one step a minute at most.
 */
export class RecordingPace {
  share = 1;
  #max: number;
  #allowed: number;
  #at: number;
  #upAt: number;
  #sinceUp = 0;

  constructor(spansPerSecondMax: number, now: number) {
    this.#max = spansPerSecondMax;
    this.#allowed = spansPerSecondMax * BURST_S;
    this.#at = now;
    this.#upAt = now;
  }

  set spansPerSecondMax(max: number) {
    if (max === this.#max) return;
    this.#max = max;
    this.#allowed = Math.min(this.#allowed, max * BURST_S);
  }

  /** So many spans of a request are recorded. */
  recorded(spans: number, now: number): void {
    this.look(now);
    this.#allowed -= spans;
    this.#sinceUp += spans;
    while (this.#allowed < 0 && this.share > SHARE_MIN) {
      this.share /= 2;
      this.#allowed += this.#max * STEP_S;
      this.#upAt = now;
      this.#sinceUp = 0;
    }
  }

  look(now: number): void {
    const seconds = Math.max(0, now - this.#at) / 1000;
    this.#at = now;
    this.#allowed = Math.min(this.#max * BURST_S, this.#allowed + seconds * this.#max);
    const since = now - this.#upAt;
    if (since < UP_AFTER_MS) return;
    if (this.share < 1 && (this.#sinceUp / since) * 2000 < this.#max * UP_BELOW) this.share *= 2;
    this.#upAt = now;
    this.#sinceUp = 0;
  }
}
