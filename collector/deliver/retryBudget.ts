import type { Clock } from "../clock.ts";

export type RetryBudgetSettings = { budgetRatio: number; budgetFloorPerSecond: number };

const SLOTS = 10;
const SLOT_MS = 1000;

/**
 * Over the last 10 s: retries ≤ budgetRatio × first tries + budgetFloorPerSecond × 10. However many batches wait to be tried again, a backend in trouble sees little
 * more than what comes in (Google SRE book, "Handling Overload", per-client retry budget).
 */
export class RetryBudget {
  settings: RetryBudgetSettings;
  readonly #firsts = new Float64Array(SLOTS);
  readonly #retries = new Float64Array(SLOTS);
  #slot = 0;
  readonly #clock: Clock;

  constructor(settings: RetryBudgetSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
    this.#slot = Math.floor(clock.now() / SLOT_MS);
  }

  /** A batch is sent for the first time. */
  first(): void {
    this.#advance();
    this.#firsts[this.#slot % SLOTS]++;
  }

  /** Whether a batch may be sent again now; if so it is counted. */
  take(): boolean {
    this.#advance();
    const { budgetRatio, budgetFloorPerSecond } = this.settings;
    if (sum(this.#retries) + 1 > budgetRatio * sum(this.#firsts) + (budgetFloorPerSecond * SLOTS * SLOT_MS) / 1000) return false;
    this.#retries[this.#slot % SLOTS]++;
    return true;
  }

  /** Milliseconds until something of the past is forgotten. */
  get waitMs(): number {
    return SLOT_MS - (this.#clock.now() % SLOT_MS);
  }

  #advance(): void {
    const slot = Math.floor(this.#clock.now() / SLOT_MS);
    for (let passed = Math.min(slot - this.#slot, SLOTS); passed > 0; passed--) {
      this.#firsts[(slot - passed + 1) % SLOTS] = 0;
      this.#retries[(slot - passed + 1) % SLOTS] = 0;
    }
    this.#slot = slot;
  }
}

function sum(slots: Float64Array): number {
  let total = 0;
  for (let slot = 0; slot < SLOTS; slot++) total += slots[slot];
  return total;
}
