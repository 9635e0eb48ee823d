// One piece because it is one state: what is connected, what was measured, who watches. Every rule it applies is a file of its own.
import { LIVE_PRICE_DEFAULT, type LivePrice } from "#domain/cost/livePrice.ts";
import type { CarryOver } from "#domain/fleet/carryOver.ts";
import type { SideFigures } from "#domain/fleet/rollout/rolloutWindow.ts";
import type { MeasuredLoad } from "#domain/pipeline/checkAgainstPeak.ts";
import { addOverlaps, type OverlapFigures } from "#domain/sampling/overlaps.ts";
import type { CollectorRow, LiveEvent, LiveHistory, LivePoint, LiveTopic, TierRate } from "#domain/telemetry/live.ts";
import type { Measurement } from "#domain/telemetry/measurement.ts";
import { AppError } from "../errors/appError.ts";
import { addLedgers } from "./addLedgers.ts";
import { addTierRates } from "./addTierRates.ts";
import type { CollectorRecord, Directory, ReportedConfig } from "./collectorDirectory.ts";
import { CollectorSeries, SECONDS_KEPT } from "./collectorSeries.ts";
import { FleetChanges, mergeChanges } from "./fleetChanges.ts";
import { KeepAllBook } from "./keepAllBook.ts";
import { LiveSubscriber } from "./liveSubscriber.ts";
import { measureLoad } from "./measureLoad.ts";
import { toldReasons } from "./reasonRates.ts";
import { sideFigures } from "./sideFigures.ts";
import { TierWatchBook } from "./tierWatchBook.ts";
import { type Connection, toCollectorRow } from "./toCollectorRow.ts";
import { toLivePoint } from "./toLivePoint.ts";

export const SERIES_MAX = 1_000;
export const SUBSCRIBERS_MAX = 500;
/** Who has not reported by then is missing from that second. */
const REPORT_WITHIN_MS = 250;
/** How long after its time a second may still be sent. */
const LATE_SECONDS = 3;
/** Collectors report every 10 s while nobody watches, each in its own time. */
const UNWATCHED_SECONDS = 12;
/** With more collectors than so many, their rows are sent as often as that. */
export const ROWS_EACH_SECOND_MAX = 1_000;
const MANY_ROWS_EVERY_MS = 5_000;
/** Collectors whose tiers match alike make one; of more than so many, those with the fewest spans are not sent. */
const OVERLAP_SETS_MAX = 4;
/** Reloading a page must not make collectors switch their pace. */
const WATCH_LINGER_MS = 10_000;

export type HubOptions = { nowMs: () => number; replica: string; onWatched: (watched: boolean) => void };
export type Scope = { kind: "fleet" } | { kind: "collector"; id: string };

/** The live side of the control plane: 15 minutes of every collector by the second, in memory, and the tabs that watch. */
export class LiveHub {
  readonly #options: HubOptions;
  readonly #series = new Map<string, CollectorSeries>();
  readonly #connections = new Map<string, Connection>();
  readonly #subscribers = new Set<LiveSubscriber>();
  readonly #changes = new FleetChanges();
  readonly #expected: { second: number; count: number }[] = new Array(SECONDS_KEPT).fill({ second: 0, count: 0 });
  readonly #fleetPoints: ({ second: number; point: LivePoint | null } | undefined)[] = new Array(SECONDS_KEPT);
  #directory: Directory = { records: [] };
  #price: LivePrice = LIVE_PRICE_DEFAULT;
  #database: { state: "up" | "down"; sinceMs: number };
  #sampleTraffic: "running" | "stopped" = "stopped";
  /** The last second that watchers were sent, and the last one whose time to report is over. */
  #sentSecond = 0;
  #closedSecond = 0;
  #rowsSentMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #unwatch: NodeJS.Timeout | null = null;
  #stopped = true;
  #rolloutsLive = false;
  watched = false;
  /** What collectors told of their tiers, until it is written. */
  readonly tierWatches = new TierWatchBook();
  /** What they counted because of break glasses, likewise. */
  readonly keepAll = new KeepAllBook();
  readonly counters = {
    measurements: 0,
    measurementsIgnored: 0,
    measurementsRefused: 0,
    framesDropped: 0,
    subscribersRefused: 0,
    seriesRefused: 0,
    changesNotSent: 0,
    tierWatchesRefused: 0,
  };

  constructor(options: HubOptions) {
    this.#options = options;
    this.#database = { state: "up", sinceMs: options.nowMs() };
  }

  get subscribers(): number {
    return this.#subscribers.size;
  }

  start(): void {
    this.#stopped = false;
    this.#schedule();
  }

  /** Ends every subscription. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#unwatch) clearTimeout(this.#unwatch);
    for (const subscriber of this.#subscribers) subscriber.close();
  }

  // --- what comes in ---

  connected(
    id: string,
    hello: Omit<CollectorRecord, "id" | "report" | "everReceived" | "lastSeenMs" | "replica" | "assigned">,
    collectorNowMs: number,
  ): { haveUntilMs: number } {
    const nowMs = this.#options.nowMs();
    this.#connections.set(id, { sinceMs: nowMs, lastMessageMs: nowMs });
    const known = this.#record(id);
    const record = { report: null, everReceived: false, assigned: null, ...known, ...hello, id, lastSeenMs: nowMs, replica: this.#options.replica };
    this.#directory.records = known ? this.#directory.records.map((one) => (one.id === id ? record : one)) : [...this.#directory.records, record];
    const series = this.#seriesOf(id);
    series?.noteClock(collectorNowMs, nowMs);
    this.#emitRows();
    return { haveUntilMs: series?.haveUntilMs ?? 0 };
  }

  disconnected(id: string): void {
    if (!this.#connections.delete(id)) return;
    const record = this.#record(id);
    if (record) Object.assign(record, { lastSeenMs: this.#options.nowMs(), replica: null });
    this.#emitRows();
  }

  /** Oldest first. A measurement that was seen before, or lies outside of the 15 minutes, is counted and left out. */
  measured(id: string, measurements: readonly Measurement[], collectorNowMs: number): void {
    const nowMs = this.#options.nowMs();
    const connection = this.#connections.get(id);
    const series = this.#seriesOf(id);
    if (connection) connection.lastMessageMs = nowMs;
    if (!series) return;
    series.noteClock(collectorNowMs, nowMs);
    const ignored = series.ignored;
    for (const measurement of measurements) {
      this.keepAll.add(id, measurement.processStartMs, measurement.keepAll);
      const second = series.add(measurement, nowMs);
      this.tierWatches.add(
        measurement.tierWatches.map((watch) => series.watchAtOurClock(watch)),
        Math.min(nowMs, series.toOurClock(measurement.atMs)),
      );
      if (second !== null) this.#fleetPoints[second % SECONDS_KEPT] = undefined;
    }
    this.counters.measurements += measurements.length;
    this.counters.measurementsIgnored += series.ignored - ignored;
    const last = measurements.at(-1);
    const record = this.#record(id);
    const changes = series.takeChanges();
    if (this.#subscribers.size > 0) this.counters.changesNotSent += this.#changes.add(id, record?.name ?? id, changes);
    if (record && last && last.received > 0) record.everReceived = true;
    if (this.#subscribers.size > 0 && series.lastSecond > this.#sentSecond && this.#allReported(series.lastSecond)) this.#send(series.lastSecond);
  }

  reported(id: string, report: ReportedConfig & { hash: string; tookMs: number | null; carryOver: CarryOver | null }): void {
    const record = this.#record(id);
    if (record) {
      record.report = { revision: report.revision, state: report.state, problem: report.problem };
      if (report.state === "applied") Object.assign(record, { runningRevision: report.revision, runningHash: report.hash });
    }
    const { revision, state, problem, tookMs, carryOver } = report;
    this.#broadcast({ kind: "configReport", collectorId: id, revision, state, problem, tookMs, carryOver });
    this.#emitRows();
  }

  /** Fresh from the database. What this replica holds itself is newer than any row, so connections stay as they are. */
  setDirectory(directory: Directory): void {
    const read = new Set(directory.records.map(({ id }) => id));
    // Read before it enrolled: what this replica knows of it must not be forgotten for what the next look finds in a row.
    const newer = this.#directory.records.filter(({ id }) => this.#connections.has(id) && !read.has(id));
    this.#directory = {
      ...directory,
      records: [...directory.records.map((record) => this.#withOwnKnowledge(record)), ...newer],
    };
    for (const id of this.#series.keys()) if (!this.#connections.has(id) && !this.#record(id)) this.#series.delete(id);
    this.#emitRows();
  }

  // A row may have been read before what this replica just heard over its own stream was written.
  #withOwnKnowledge(record: CollectorRecord): CollectorRecord {
    const known = this.#record(record.id);
    if (!known) return record;
    const everReceived = record.everReceived || known.everReceived;
    if (!this.#connections.has(record.id)) return { ...record, everReceived };
    const { report, runningRevision, runningHash } = known;
    return { ...record, everReceived, report, runningRevision, runningHash };
  }

  setPrice(price: LivePrice): void {
    this.#price = price;
    this.#fleetPoints.fill(undefined);
  }

  setSampleTraffic(state: "running" | "stopped"): void {
    this.#sampleTraffic = state;
  }

  setDatabase(state: "up" | "down"): void {
    if (this.#database.state === state) return;
    this.#database = { state, sinceMs: this.#options.nowMs() };
    this.#broadcast({ kind: "health", database: state, sinceMs: this.#database.sinceMs });
  }

  changed(entity: Extract<LiveEvent, { kind: "changed" }>["entity"], id: string | null): void {
    this.#broadcast({ kind: "changed", entity, id });
  }

  // --- what is asked ---

  get database(): { state: "up" | "down"; sinceMs: number } {
    return this.#database;
  }

  connectedIds(): string[] {
    return [...this.#connections.keys()];
  }

  everReceivedIds(): string[] {
    return this.#directory.records.filter((record) => record.everReceived).map((record) => record.id);
  }

  everReceived(): boolean {
    return this.#directory.records.some((record) => record.everReceived);
  }

  rows(): CollectorRow[] {
    return this.#directory.records.map((record) => this.#toRow(record)).sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
  }

  row(id: string): CollectorRow | null {
    const record = this.#record(id);
    return record ? this.#toRow(record) : null;
  }

  tierRates(ids: readonly string[] = this.connectedIds()): TierRate[] | null {
    const connected = ids.filter((id) => this.#connections.has(id));
    const rates = addTierRates(connected.map((id) => this.#series.get(id)?.tierRates() ?? []));
    return rates.length === 0 ? null : rates;
  }

  load(): MeasuredLoad | null {
    const lastSecond = Math.floor(this.#options.nowMs() / 1_000);
    const collectors = this.rows().map(({ id, name, state }) => ({
      name,
      online: state !== "offline",
      at: (second: number) => this.#series.get(id)?.at(second) ?? null,
    }));
    return measureLoad(collectors, lastSecond);
  }

  history(scope: Scope): LiveHistory {
    const lastSecond = Math.floor((this.#options.nowMs() - REPORT_WITHIN_MS) / 1_000);
    const first = lastSecond - SECONDS_KEPT + 1;
    const points = Array.from({ length: SECONDS_KEPT }, (_, index) =>
      scope.kind === "fleet" ? this.#fleetPoint(first + index) : this.#collectorPoint(scope.id, first + index),
    );
    if (scope.kind === "fleet") withholdUnfinished(points);
    const delivery = scope.kind === "collector" ? (this.#series.get(scope.id)?.delivery() ?? null) : null;
    return { fromMs: first * 1_000, stepMs: 1_000, points, ...this.#changesOf(scope), delivery };
  }

  #changesOf(scope: Scope): Pick<LiveHistory, "changes" | "changesLeftOut"> {
    const nowMs = this.#options.nowMs();
    const some = scope.kind === "fleet" ? [...this.#series] : [...this.#series].filter(([id]) => id === scope.id);
    return mergeChanges(some.map(([id, series]) => ({ id, name: this.#record(id)?.name ?? id, ...series.changes(nowMs) })));
  }

  /** What those of these collectors whose streams are here measured in a window of time, up to its end. */
  sideFigures(ids: Iterable<string>, fromMs: number, toMs: number, countedToMs?: number): SideFigures {
    const here = [...ids].filter((id) => this.#connections.has(id));
    return sideFigures(
      here.map((id) => ({ id, series: this.#series.get(id) ?? null })),
      fromMs,
      toMs,
      countedToMs,
    );
  }

  /** While there is a rollout, collectors report each second as if somebody watched. */
  setRolloutsLive(live: boolean): void {
    if (live === this.#rolloutsLive) return;
    this.#rolloutsLive = live;
    this.#setWatched(live || this.#subscribers.size > 0);
  }

  /** The last known state at once, then events until `signal` aborts or the hub stops. */
  subscribe(topics: readonly LiveTopic[], signal: AbortSignal): AsyncIterable<LiveEvent> {
    if (this.#stopped || this.#subscribers.size >= SUBSCRIBERS_MAX) {
      this.counters.subscribersRefused++;
      throw new AppError(
        this.#stopped ? "UNAVAILABLE" : "TOO_MANY",
        this.#stopped ? "the control plane is stopping" : `${SUBSCRIBERS_MAX} tabs are watching already; close some`,
      );
    }
    const subscriber = new LiveSubscriber(topics, this.#options.nowMs, () => this.counters.framesDropped++);
    this.#subscribers.add(subscriber);
    this.#setWatched(true);
    this.#pushLastKnown(subscriber);
    return this.#drain(subscriber, signal);
  }

  async *#drain(subscriber: LiveSubscriber, signal: AbortSignal): AsyncGenerator<LiveEvent> {
    try {
      yield* subscriber.events(signal);
    } finally {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size === 0 && !this.#rolloutsLive) this.#setWatched(false);
    }
  }

  // --- the second ---

  #schedule(): void {
    const now = this.#options.nowMs();
    const wait = 1_000 - ((now - REPORT_WITHIN_MS) % 1_000);
    this.#timer = setTimeout(() => {
      const second = Math.floor((this.#options.nowMs() - REPORT_WITHIN_MS) / 1_000);
      this.tick(second);
      if (!this.#stopped) this.#schedule();
    }, wait);
  }

  /** Closes a second: who has not reported by now is missing from it. When nobody has, it is sent late, as long as nothing newer was. */
  tick(second: number): void {
    this.#expected[second % SECONDS_KEPT] = { second, count: this.#connections.size };
    this.#closedSecond = second;
    if (this.#subscribers.size === 0) return;
    this.#sendChanges();
    const sentBefore = this.#sentSecond;
    for (let late = Math.max(sentBefore + 1, second - LATE_SECONDS); late <= second; late++) if (this.#fleetPoint(late)) this.#send(late);
    if (this.#sentSecond === sentBefore && sentBefore < second) this.#emitRows();
  }

  #allReported(second: number): boolean {
    if (this.#connections.size === 0) return false;
    for (const id of this.#connections.keys()) if (!this.#series.get(id)?.at(second)) return false;
    return true;
  }

  #send(second: number): void {
    this.#sentSecond = second;
    const rows = this.#rowsAreDue() ? this.rows() : null;
    const fleet = this.#fleetEvent(second);
    const collectors = new Map<string, LiveEvent | null>();
    for (const subscriber of this.#subscribers) {
      if (fleet && subscriber.wants("fleet")) subscriber.push(fleet);
      if (rows && subscriber.wants("collectors")) subscriber.push({ kind: "collectors", rows });
      for (const topic of subscriber.topics) {
        if (topic.kind !== "collector") continue;
        const event = collectors.get(topic.id) ?? this.#collectorEvent(topic.id, second);
        collectors.set(topic.id, event);
        if (event) subscriber.push(event);
      }
    }
  }

  #sendChanges(): void {
    const { seq, changes } = this.#changes.take();
    if (changes.length === 0) return;
    for (const subscriber of this.#subscribers) {
      const own =
        subscriber.wants("fleet") || subscriber.wants("collectors") ? changes : changes.filter((one) => subscriber.wants("collector", one.collectorId));
      if (own.length > 0) subscriber.push({ kind: "delivery", seq, changes: own });
    }
  }

  #pushLastKnown(subscriber: LiveSubscriber): void {
    subscriber.push({ kind: "health", database: this.#database.state, sinceMs: this.#database.sinceMs });
    if (subscriber.wants("collectors")) subscriber.push({ kind: "collectors", rows: this.rows() });
    const lastSeconds = new Map([...this.#connections.keys()].map((id) => [id, this.#series.get(id)?.lastSecond ?? 0]));
    const fleet = subscriber.wants("fleet") ? this.#fleetEvent(Math.min(...[...lastSeconds.values()].filter((second) => second > 0))) : null;
    if (fleet) subscriber.push(fleet);
    for (const topic of subscriber.topics) {
      const event = topic.kind === "collector" ? this.#collectorEvent(topic.id, lastSeconds.get(topic.id) ?? 0) : null;
      if (event) subscriber.push(event);
    }
  }

  #fleetEvent(second: number): LiveEvent | null {
    const point = this.#fleetPoint(second);
    if (!point) return null;
    const nowMs = this.#options.nowMs();
    const ids = [...this.#connections.keys()];
    const ledgers = ids.flatMap((id) => this.#series.get(id)?.ledger(nowMs) ?? []);
    return {
      kind: "fleet",
      point,
      tiers: this.tierRates() ?? [],
      overlaps: this.#overlaps(ids, nowMs),
      reasons: toldReasons(ids.flatMap((id) => this.#series.get(id)?.reasonRates() ?? [])),
      ledger: addLedgers(ledgers),
      everReceived: this.everReceived(),
      sampleTraffic: this.#sampleTraffic,
    };
  }

  #overlaps(ids: readonly string[], nowMs: number): OverlapFigures[] {
    const sums = addOverlaps(ids.flatMap((id) => this.#series.get(id)?.overlaps(nowMs) ?? []));
    return sums.sort((a, b) => b.spans - a.spans).slice(0, OVERLAP_SETS_MAX);
  }

  #collectorEvent(id: string, second: number): LiveEvent | null {
    const point = this.#collectorPoint(id, second);
    const series = this.#series.get(id);
    const delivery = series?.delivery();
    return point && series && delivery
      ? { kind: "collector", id, point, tiers: series.tierRates(), ledger: series.ledger(this.#options.nowMs()), delivery }
      : null;
  }

  #fleetPoint(second: number): LivePoint | null {
    if (!Number.isFinite(second)) return null;
    const known = this.#fleetPoints[second % SECONDS_KEPT];
    if (known?.second === second) return known.point;
    const slots = [...this.#series.values()].flatMap((series) => series.at(second) ?? []);
    const expected = this.#expected[second % SECONDS_KEPT];
    const point = toLivePoint(second, slots, expected.second === second ? expected.count : this.#connections.size, this.#price);
    // The newest seconds may still be added to; they are kept once they are closed.
    if (second <= this.#closedSecond) this.#fleetPoints[second % SECONDS_KEPT] = { second, point };
    return point;
  }

  #collectorPoint(id: string, second: number): LivePoint | null {
    const slot = this.#series.get(id)?.at(second);
    return slot ? toLivePoint(second, [slot], 1, this.#price) : null;
  }

  // --- the rest ---

  #toRow(record: CollectorRecord): CollectorRow {
    const { id } = record;
    const { nowMs, replica } = this.#options;
    const known = { series: this.#series.get(id) ?? null, connection: this.#connections.get(id) ?? null };
    return toCollectorRow({ record, ...known, price: this.#price, replica, nowMs: nowMs() });
  }

  #record(id: string): CollectorRecord | undefined {
    return this.#directory.records.find((record) => record.id === id);
  }

  #seriesOf(id: string): CollectorSeries | null {
    const known = this.#series.get(id);
    if (known) return known;
    if (this.#series.size >= SERIES_MAX) {
      const idle = [...this.#series.keys()].find((other) => !this.#connections.has(other));
      if (idle === undefined) {
        this.counters.seriesRefused++;
        return null;
      }
      this.#series.delete(idle);
    }
    const series = new CollectorSeries();
    this.#series.set(id, series);
    return series;
  }

  /** A list of thousands is megabytes: it is not sent each second. Each second asks again, so the last state comes. */
  #rowsAreDue(): boolean {
    const nowMs = this.#options.nowMs();
    if (this.#directory.records.length > ROWS_EACH_SECOND_MAX && nowMs - this.#rowsSentMs < MANY_ROWS_EVERY_MS) return false;
    this.#rowsSentMs = nowMs;
    return true;
  }

  #broadcast(event: LiveEvent): void {
    for (const subscriber of this.#subscribers) subscriber.push(event);
  }

  #emitRows(): void {
    const watching = [...this.#subscribers].filter((subscriber) => subscriber.wants("collectors"));
    if (watching.length === 0 || !this.#rowsAreDue()) return;
    const rows = this.rows();
    for (const subscriber of watching) subscriber.push({ kind: "collectors", rows });
  }

  #setWatched(wanted: boolean): void {
    if (this.#unwatch) clearTimeout(this.#unwatch);
    this.#unwatch = null;
    if (wanted && !this.watched) this.#changeWatched(true);
    else if (!wanted && this.watched && !this.#stopped) this.#unwatch = setTimeout(() => this.#changeWatched(false), WATCH_LINGER_MS).unref();
  }

  #changeWatched(watched: boolean): void {
    this.watched = watched;
    this.#options.onWatched(watched);
  }
}

/** The newest seconds that only some collectors have spoken of are no figure of the fleet yet: a gap, which the rest of the reports will fill. */
function withholdUnfinished(points: (LivePoint | null)[]): void {
  for (let index = points.length - 1; index >= points.length - UNWATCHED_SECONDS; index--) {
    const point = points[index];
    if (point && point.reporting >= point.expected) return;
    points[index] = null;
  }
}
