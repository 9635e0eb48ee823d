import type { BreakerState } from "#domain/telemetry/measurement.ts";
import type { Clock } from "../clock.ts";

export type BreakerSettings = { failureThreshold: number; openForMs: number; probes: number };

/** Collectors that lost the same backend at the same moment do not all come back at the same moment. */
const OPEN_JITTER = 0.1;
/** What a backend may ask for at most; a mistake in its answer must not stop delivery for days. */
const PAUSE_MAX_MS = 3_600_000;

type Parts = { settings: BreakerSettings; clock: Clock; random: () => number; changed: (state: BreakerState) => void };

/**
 * Closed: everything may be tried. So many failures in a row open it: nothing is. After `openForMs` (and up to a tenth more) it is half-open: at most `probes`
 * tries at the same time, and as many successes close it; one failure opens it again. What a try began under an earlier state comes to is not counted.
 */
export class Breaker {
  settings: BreakerSettings;
  /** Unix ms at which it came into its state. */
  sinceMs: number;
  /** How often it opened. */
  opened = 0;
  #state: BreakerState = "closed";
  #era = 0;
  #failures = 0;
  #begun = 0;
  #succeeded = 0;
  #openUntil = 0;
  #notClosedMs = 0;
  #notClosedSince = 0;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #changed: (state: BreakerState) => void;

  constructor({ settings, clock, random, changed }: Parts) {
    this.settings = settings;
    this.#clock = clock;
    this.#random = random;
    this.#changed = changed;
    this.sinceMs = clock.unixMs();
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Milliseconds that it was not closed so far. */
  get notClosedMs(): number {
    return this.#state === "closed" ? this.#notClosedMs : this.#notClosedMs + this.#clock.now() - this.#notClosedSince;
  }

  /** 0: a try may begin now. Else the milliseconds until one may; Infinity: when a probe has ended. */
  waitMs(): number {
    if (this.#state === "open") {
      const left = this.#openUntil - this.#clock.now();
      if (left > 0) return left;
      this.#enter("half-open");
    }
    return this.#state === "closed" || this.#begun < this.settings.probes ? 0 : Number.POSITIVE_INFINITY;
  }

  /** A try begins; its outcome is told with what this returns. Only after `waitMs` was 0. */
  begin(): number {
    this.#begun++;
    return this.#era;
  }

  /** The backend answered, be it with a refusal for good: it is alive. */
  succeeded(era: number): void {
    if (era !== this.#era) return;
    this.#failures = 0;
    if (this.#state === "half-open" && ++this.#succeeded >= this.settings.probes) this.#enter("closed");
  }

  failed(era: number, retryAfterMs: number): void {
    if (era !== this.#era) return;
    this.#failures++;
    if (this.#state === "closed" && this.#failures < this.settings.failureThreshold) return;
    const openForMs = this.settings.openForMs * (1 + OPEN_JITTER * this.#random());
    this.#openUntil = this.#clock.now() + Math.max(openForMs, Math.min(retryAfterMs, PAUSE_MAX_MS));
    this.opened++;
    this.#enter("open");
  }

  /** Lets probes through now. */
  probeNow(): void {
    if (this.#state === "open") this.#enter("half-open");
  }

  /** For another backend. */
  reset(): void {
    if (this.#state === "closed") {
      this.#failures = 0;
      this.#era++;
    } else this.#enter("closed");
  }

  #enter(state: BreakerState): void {
    const now = this.#clock.now();
    if (this.#state === "closed" && state !== "closed") this.#notClosedSince = now;
    if (this.#state !== "closed" && state === "closed") this.#notClosedMs += now - this.#notClosedSince;
    this.#state = state;
    this.#era++;
    this.#failures = 0;
    this.#begun = 0;
    this.#succeeded = 0;
    this.sinceMs = this.#clock.unixMs();
    this.#changed(state);
  }
}
