import type { OverlapFigures } from "#domain/sampling/overlaps.ts";
import type { TierWatch } from "#domain/sampling/tierSilence.ts";
import type { CollectorDelivery, ReasonRates, RowDelivery } from "#domain/telemetry/delivery.ts";
import type { LedgerView, TierRate } from "#domain/telemetry/live.ts";
import type { Measurement } from "#domain/telemetry/measurement.ts";
import { CHANGES_MAX, ChangeLog } from "./changeLog.ts";
import { destinationViews, rowDelivery } from "./deliveryViews.ts";
import { noticeChanges, type OwnChange } from "./noticeChanges.ts";
import { reasonRates, toldReasons } from "./reasonRates.ts";
import { hasJustStarted, type SecondSlot, toSecondSlot } from "./secondSlot.ts";
import { signalViews } from "./signalViews.ts";

export const SECONDS_KEPT = 900;
const RATE_WINDOW_S = 10;
/** They are told every ten seconds, of the last minute. */
const OVERLAPS_HOLD_S = 30;
/** Below this a difference of clocks is taken for the way of the message. */
const SKEW_IGNORED_MS = 100;
const SKEW_JITTER_MS = 50;
/** A collector's clock that was set back shows as a larger difference that stays. */
const SKEW_STEP_MS = 2_000;
const HIGHER_UNTIL_BELIEVED = 5;
/** A measurement up to this much after a full second belongs to that second. */
const SECOND_SLACK_MS = 150;
const CLOCK_STEPPED_BACK_MS = 5_000;

type RateMark = { second: number; measurement: Measurement };

/** What one collector measured over the last 15 minutes, at the second of our clock. */
export class CollectorSeries {
  readonly #slots: (SecondSlot | null)[] = new Array(SECONDS_KEPT).fill(null);
  #last: Measurement | null = null;
  #marks: RateMark[] = [];
  #skewMs = 0;
  #higherInARow = 0;
  readonly #changes = new ChangeLog(SECONDS_KEPT * 1_000);
  readonly #notClosedSinceMs = new Map<string, number>();
  #unsent: OwnChange[] = [];
  #overlaps: { second: number; figures: OverlapFigures } | null = null;
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
    if (measurement.overlaps !== null) this.#overlaps = { second, figures: measurement.overlaps };
    this.#notice(measurement, before);
    this.#marks.push({ second, measurement });
    while (this.#marks.length > 1 && this.#marks[1].second <= second - RATE_WINDOW_S) this.#marks.shift();
    const slot = toSecondSlot(second, measurement, before);
    if (!slot) return null;
    const earlier = this.at(second);
    if (earlier) {
      slot.droppedSpans += earlier.droppedSpans;
      slot.coversS += earlier.coversS;
      slot.isFirst ||= earlier.isFirst;
    }
    this.#slots[second % SECONDS_KEPT] = slot;
    this.lastSecond = Math.max(this.lastSecond, second);
    return second;
  }

  at(second: number): SecondSlot | null {
    const slot = this.#slots[second % SECONDS_KEPT];
    return slot?.second === second ? slot : null;
  }

  #notice(measurement: Measurement, before: Measurement | null): void {
    const changes = noticeChanges(measurement, before, hasJustStarted(measurement)).map((change) => ({ ...change, atMs: change.atMs + this.#skewMs }));
    this.#changes.add(changes);
    for (const change of changes) {
      if (change.kind !== "breaker") continue;
      if (change.state === "closed") this.#notClosedSinceMs.delete(change.destination);
      else if (!this.#notClosedSinceMs.has(change.destination)) this.#notClosedSinceMs.set(change.destination, change.atMs);
    }
    const away = new Set(measurement.destinations.flatMap(({ name, breaker }) => (breaker === "closed" ? [] : [name])));
    for (const name of this.#notClosedSinceMs.keys()) if (!away.has(name)) this.#notClosedSinceMs.delete(name);
    this.#unsent = [...this.#unsent, ...changes].slice(-CHANGES_MAX);
  }

  /** Changes of breakers, logs and memory in the last 15 minutes, oldest first. */
  changes(nowMs: number): { changes: readonly OwnChange[]; leftOut: number } {
    return this.#changes.within(nowMs);
  }

  /** Those that were noticed since this was asked last. */
  takeChanges(): readonly OwnChange[] {
    const taken = this.#unsent;
    if (taken.length > 0) this.#unsent = [];
    return taken;
  }

  /** The newest measurement and what it is compared with to have rates over the last 10 s; a base of null is the start of the process. */
  #window(): { now: Measurement; base: Measurement | null; seconds: number } | null {
    const now = this.#marks.at(-1)?.measurement;
    if (!now) return null;
    const base = this.#marks.find(({ measurement }) => measurement.processStartMs === now.processStartMs)?.measurement ?? now;
    if (base !== now) return { now, base, seconds: Math.max(now.atMs - base.atMs, 100) / 1_000 };
    return hasJustStarted(now) ? { now, base: null, seconds: Math.max(now.windowMs, 100) / 1_000 } : null;
  }

  /** Per tier over the last 10 s, with the ratio as it was last; a tier that is new, or a process that has restarted, counts from zero. */
  tierRates(): TierRate[] {
    const window = this.#window();
    if (!window) return [];
    const { now, base: from, seconds } = window;
    const bases = new Map(from?.tiers.map((tier) => [tier.name, tier]));
    return now.tiers.map((tier) => {
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

  /** What it tells by its own clock, at ours. */
  watchAtOurClock({ key, sinceMs, lastMatchedMs }: TierWatch): TierWatch {
    return { key, sinceMs: this.toOurClock(sinceMs), lastMatchedMs: lastMatchedMs === null ? null : this.toOurClock(lastMatchedMs) };
  }

  toOurClock(collectorMs: number): number {
    return Math.max(0, collectorMs + this.#skewMs);
  }

  /** Null when it has not told of any lately. */
  overlaps(nowMs: number): OverlapFigures | null {
    const told = this.#overlaps;
    return told !== null && told.second >= nowMs / 1_000 - OVERLAPS_HOLD_S ? told.figures : null;
  }

  /** Without anything to compare with there are totals, and no rates are made up. */
  reasonRates(): ReasonRates | null {
    const now = this.#last;
    if (!now) return null;
    const { base, seconds } = this.#window() ?? { base: now, seconds: 1 };
    return reasonRates(now, base, seconds);
  }

  /** As of the newest measurement; null before there is one. */
  delivery(): CollectorDelivery | null {
    const now = this.#last;
    const reasons = this.reasonRates();
    if (!now || !reasons) return null;
    const { base, seconds } = this.#window() ?? { base: now, seconds: 1 };
    return {
      ...toldReasons([reasons]),
      atMs: now.atMs + this.#skewMs,
      destinations: destinationViews(now, base, seconds, { skewMs: this.#skewMs, notClosedSinceMs: this.#notClosedSinceMs }),
      signals: signalViews(now, this.#window()),
      memory: now.memory,
    };
  }

  rowDelivery(): RowDelivery | null {
    const delivery = this.delivery();
    return delivery && rowDelivery(delivery.destinations, delivery.memory);
  }

  ledger(nowMs: number): LedgerView | null {
    const last = this.#last;
    if (!last) return null;
    const { received, recovered, sampledOut, waiting, queued, delivered, dropped } = last;
    return {
      received,
      recovered,
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
