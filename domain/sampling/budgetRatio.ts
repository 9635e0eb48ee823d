import { BUDGET_WINDOW_MS } from "./keep.ts";
import { ratioToThreshold, thresholdToRatio } from "./threshold.ts";

/** How often the ratio is worked out anew. */
export const BUDGET_STEP_MS = 250;
const WINDOW_STEPS = BUDGET_WINDOW_MS / BUDGET_STEP_MS;
/** A window may begin within a step, and then touches one more. */
const STEPS_HELD = WINDOW_STEPS + 1;
/** A kept span never stands for more than a million: below that the estimate would say nothing, and a ratio of 0 could not be counted back at all. */
const RATIO_MIN = 1e-6;
/** The forecast is the mean of so many steps, or of more (up to a window) until it rests on this many traces. */
const FORECAST_STEPS = 10;
const FORECAST_TRACES = 20;
/** What was spent above the plan is paid back over so many steps, with at least this share of the budget going on. */
const SETTLE_STEPS = 10;
const SHARE_MIN = 0.25;
/** Where all is kept, this much of a window's budget may go to a burst at once; the rest lasts until the burst has left the window. */
const BURST_SHARE = 0.4;
/** Of what a burst might still take, the share that a step may spend while the ratio is below 1: so no budget lies idle for long. */
const IDLE_SHARE = 0.05;
/** One step is charged no more than this share of a window's budget, so that one enormous trace does not silence the tier. */
const CHARGE_MAX = 0.5;

/**
 * The ratio of a budget tier. It follows what the tier was offered, never what it happened to keep: a span's chance is then settled before its
 * randomness plays a part, so that 1 / ratio counts back without bias (Horvitz and Thompson 1952), spans of one trace included.
 *
 * Spent is the sum of the ratios that the offered spans met with, what they are expected to be kept as. Before each step the plan is the largest even rate
 * that keeps every window from now on within the budget, given what was spent in the last one; plan / forecast is the ratio. Where a step brings twice what
 * was forecast, the ratio is set to what that would have asked for, and again at each doubling: a burst costs its logarithm.
 *
 * Over any window no more than its budget is spent, besides the largest offer in it (a trace is decided as a whole) and what a sudden burst takes before it is
 * noticed: at most 1.5 s of budget for one of fifty times the traffic before. Kept differs from spent by chance alone. What brings no window more than a
 * third of its budget is kept whole. The tests simulate all of this.
 */
export class BudgetRatio {
  readonly spansPerSecond: number;
  #ratio = 1;
  #threshold = 0n;
  #stepEndsAt: number | undefined;
  // Of the last steps, the newest at #newest.
  readonly #offered = new Float64Array(STEPS_HELD);
  readonly #spent = new Float64Array(STEPS_HELD);
  readonly #traces = new Float64Array(STEPS_HELD);
  readonly #largest = new Float64Array(STEPS_HELD);
  #newest = 0;
  // Of the step that runs.
  #allowed: number;
  #surpriseAt: number;
  #offeredNow = 0;
  #spentNow = 0;
  #tracesNow = 0;
  #largestNow = 0;

  constructor(spansPerSecond: number) {
    this.spansPerSecond = spansPerSecond;
    this.#allowed = this.#perStep;
    this.#surpriseAt = Math.max(1, BURST_SHARE * WINDOW_STEPS * this.#perStep);
  }

  get #perStep(): number {
    return (this.spansPerSecond * BUDGET_STEP_MS) / 1000;
  }

  get ratio(): number {
    return this.#ratio;
  }

  /** In force for what is decided next. Its `th` has at most six digits, and it is never NEVER. */
  get threshold(): bigint {
    return this.#threshold;
  }

  /** Spans that the tier decides under the ratio in force, those of one trace in one call; it is worked out anew after them. True when it changed. */
  offer(spans: number): boolean {
    this.#offeredNow += spans;
    this.#spentNow += spans * this.#ratio;
    this.#tracesNow += 1;
    this.#largestNow = Math.max(this.#largestNow, spans);
    return this.#brace(this.#offeredNow);
  }

  /**
   * So many spans of several traces have come at once and are decided together after this: where they are more than was expected, the ratio falls before
   * they are, not after. How many there are says nothing about their randomness. True when it changed; `offer` has to follow.
   */
  announce(spans: number): boolean {
    return this.#brace(this.#offeredNow + spans);
  }

  #brace(offered: number): boolean {
    if (offered < this.#surpriseAt) return false;
    while (offered >= this.#surpriseAt) this.#surpriseAt *= 2;
    return this.#set(Math.min(this.#ratio / 2, this.#allowed / this.#surpriseAt));
  }

  /** Time as it passes, in milliseconds of any clock, at least once a step. True when the ratio changed. A clock that jumps back begins a new step. */
  advance(nowMs: number): boolean {
    if (this.#stepEndsAt === undefined || nowMs < this.#stepEndsAt - BUDGET_STEP_MS) this.#stepEndsAt = nowMs + BUDGET_STEP_MS;
    if (nowMs < this.#stepEndsAt) return false;
    const steps = Math.floor((nowMs - this.#stepEndsAt) / BUDGET_STEP_MS) + 1;
    this.#stepEndsAt += steps * BUDGET_STEP_MS;
    this.#endSteps(steps);
    return this.#plan();
  }

  // A call that comes late ends several steps at once, which then share what was offered.
  #endSteps(steps: number): void {
    const charged = Math.min(this.#spentNow, CHARGE_MAX * WINDOW_STEPS * this.#perStep);
    for (let step = 0; step < Math.min(steps, STEPS_HELD); step++) {
      this.#newest = (this.#newest + 1) % STEPS_HELD;
      this.#offered[this.#newest] = this.#offeredNow / steps;
      this.#spent[this.#newest] = charged / steps;
      this.#traces[this.#newest] = this.#tracesNow / steps;
      this.#largest[this.#newest] = this.#largestNow;
    }
    this.#offeredNow = 0;
    this.#spentNow = 0;
    this.#tracesNow = 0;
    this.#largestNow = 0;
  }

  #plan(): boolean {
    const perStep = this.#perStep;
    let left = WINDOW_STEPS * perStep;
    for (const spent of this.#spent) left -= spent;
    let even = Number.POSITIVE_INFINITY;
    let burst = Number.POSITIVE_INFINITY;
    // `left` is what the window that ends with the step that many ahead has left; the oldest step is out of it already.
    for (let ahead = 1; ahead <= WINDOW_STEPS; ahead++) {
      left += this.#spent[(this.#newest + ahead) % STEPS_HELD];
      if (ahead >= SETTLE_STEPS) even = Math.min(even, left / ahead);
      burst = Math.min(burst, left - (ahead - 1) * (1 - BURST_SHARE) * perStep);
    }
    const forecast = this.#forecast();
    this.#allowed = Math.max(SHARE_MIN * perStep, even + IDLE_SHARE * Math.max(0, burst - even));
    const keepsAll = forecast <= this.#allowed || (this.#ratio === 1 && forecast <= burst / 2);
    this.#surpriseAt = keepsAll ? Math.max(1, this.#allowed, burst) : 2 * forecast;
    return this.#set(keepsAll ? 1 : this.#allowed / forecast);
  }

  /** Spans that the next step is expected to bring. One trace counts no more than all others together: it says little about what comes. */
  #forecast(): number {
    let offered = 0;
    let traces = 0;
    let largest = 0;
    let steps = 0;
    while (steps < WINDOW_STEPS && (steps < FORECAST_STEPS || traces < FORECAST_TRACES)) {
      const step = (this.#newest - steps + STEPS_HELD) % STEPS_HELD;
      offered += this.#offered[step];
      traces += this.#traces[step];
      largest = Math.max(largest, this.#largest[step]);
      steps += 1;
    }
    const others = Math.max(0, offered - largest);
    return Math.min(offered, 2 * others) / steps;
  }

  #set(ratio: number): boolean {
    const wanted = ratioToThreshold(Math.min(1, Math.max(RATIO_MIN, ratio)));
    // Six digits of `th` are enough, and kept spans carry no more.
    const threshold = (wanted >> 32n) << 32n;
    const changed = threshold !== this.#threshold;
    this.#threshold = threshold;
    this.#ratio = thresholdToRatio(threshold);
    return changed;
  }
}
