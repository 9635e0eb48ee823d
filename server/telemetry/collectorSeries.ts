import type { LedgerView, TierRate } from "#domain/telemetry/live.ts";
import type { Measurement } from "#domain/telemetry/measurement.ts";
import { type SecondSlot, toSecondSlot } from "./secondSlot.ts";

export const SECONDS_KEPT = 900;
const TIER_WINDOW_S = 10;
/** Below this a difference of clocks is taken for the way of the message. */
const SKEW_IGNORED_MS = 100;
const SKEW_JITTER_MS = 50;
/** A collector's clock that was set back shows as a larger difference that stays. */
const SKEW_STEP_MS = 2_000;
const HIGHER_UNTIL_BELIEVED = 5;
/** A measurement up to this much after a full second belongs to that second. */
const SECOND_SLACK_MS = 150;
const CLOCK_STEPPED_BACK_MS = 5_000;

type TierMark = { second: number; measurement: Measurement };

/** What one collector measured over the last 15 minutes, at the second of our clock. */
export class CollectorSeries {
  readonly #slots: (SecondSlot | null)[] = new Array(SECONDS_KEPT).fill(null);
  #last: Measurement | null = null;
  #marks: TierMark[] = [];
  #skewMs = 0;
  #higherInARow = 0;
  lastSecond = 0;
  /** Measurements that were seen before, or belong to no second that is kept. */
  ignored = 0;

  /** Where the collector's measurements should go on from, by its own clock. */
  get haveUntilMs(): number {
    return this.#last?.atMs ?? 0;
  }

  get last(): Measurement | null {
    return this.#last;
  }

  /** Clocks are compared when a message comes. Its way only adds to the difference, so the smallest one is nearest to the truth. */
  noteClock(collectorNowMs: number, nowMs: number): void {
    const seen = nowMs - collectorNowMs;
    const isHigher = seen > this.#skewMs + SKEW_STEP_MS;
    this.#higherInARow = isHigher ? this.#higherInARow + 1 : 0;
    if (this.#last === null || seen < this.#skewMs - SKEW_JITTER_MS || this.#higherInARow >= HIGHER_UNTIL_BELIEVED) {
      this.#skewMs = Math.abs(seen) < SKEW_IGNORED_MS ? 0 : seen;
      this.#higherInARow = 0;
    }
    if (this.#last && collectorNowMs < this.#last.atMs - CLOCK_STEPPED_BACK_MS) this.#last = null;
  }

  /** Returns the second that was filled, or null when the measurement only serves as the next one's base, or is ignored. */
  add(measurement: Measurement, nowMs: number): number | null {
    const before = this.#last;
    const second = Math.ceil((measurement.atMs + this.#skewMs - SECOND_SLACK_MS) / 1_000);
    const newest = Math.floor(nowMs / 1_000) + 2;
    if ((before && measurement.atMs <= before.atMs) || second > newest || second <= newest - SECONDS_KEPT) {
      this.ignored++;
      return null;
    }
    this.#last = measurement;
    this.#marks.push({ second, measurement });
    while (this.#marks.length > 1 && this.#marks[1].second <= second - TIER_WINDOW_S) this.#marks.shift();
    const slot = toSecondSlot(second, measurement, before);
    if (!slot) return null;
    this.#slots[second % SECONDS_KEPT] = slot;
    this.lastSecond = Math.max(this.lastSecond, second);
    return second;
  }

  at(second: number): SecondSlot | null {
    const slot = this.#slots[second % SECONDS_KEPT];
    return slot?.second === second ? slot : null;
  }

  /** Per tier over the last 10 s, with the ratio as it was last; a tier that is new, or a process that has restarted, counts from zero. */
  tierRates(): TierRate[] {
    const now = this.#marks.at(-1);
    if (!now) return [];
    const from = this.#marks.find((mark) => mark.measurement.processStartMs === now.measurement.processStartMs) ?? now;
    const seconds = Math.max(from === now ? now.measurement.windowMs : now.measurement.atMs - from.measurement.atMs, 100) / 1_000;
    const bases = new Map(from === now ? [] : from.measurement.tiers.map((tier) => [tier.name, tier]));
    if (from === now && now.measurement.atMs - now.measurement.processStartMs > now.measurement.windowMs * 2 + 1_000) return [];
    return now.measurement.tiers.map((tier) => {
      const base = bases.get(tier.name);
      const since = (key: "kept" | "sampledOut" | "bytesKept" | "bytesSampledOut") =>
        (base && tier[key] >= base[key] ? tier[key] - base[key] : tier[key]) / seconds;
      const keptPerS = since("kept");
      const bytesKeptPerS = since("bytesKept");
      return {
        name: tier.name,
        matchedPerS: keptPerS + since("sampledOut"),
        keptPerS,
        bytesMatchedPerS: bytesKeptPerS + since("bytesSampledOut"),
        bytesKeptPerS,
        ratio: tier.ratio === null ? null : { min: tier.ratio, max: tier.ratio },
      };
    });
  }

  ledger(nowMs: number): LedgerView | null {
    const last = this.#last;
    if (!last) return null;
    const { received, sampledOut, waiting, queued, delivered, dropped } = last;
    return {
      received,
      sampledOut,
      waiting,
      queued,
      delivered,
      dropped,
      balanced: received === sampledOut + waiting + queued + delivered + dropped,
      checkedAtMs: nowMs,
    };
  }
}
