// Longer than most: one request's way in, the decision and the way out share the table's invariants and have to be read together.
import type { CarryOver } from "#domain/fleet/carryOver.ts";
import { type DecisionCause, EARLY_CAUSES } from "#domain/sampling/explanation.ts";
import type { TraceSettings } from "#domain/sampling/traceSettings.ts";
import type { TraceFigures } from "#domain/telemetry/measurement.ts";
import type { Clock } from "../../clock.ts";
import { SHED } from "../../deliver/batchLog.ts";
import { checkHeaders } from "../../otlp/checkHeaders.ts";
import { scanTraces } from "../../otlp/scanTraces.ts";
import { HAS_STATE, type SpanTable } from "../../otlp/spanTable.ts";
import { found, readTraceState } from "../../otlp/traceStateBytes.ts";
import { contentStart } from "../../otlp/varint.ts";
import { advanceBudgets, type CompiledPolicy, carryBudgets, offerToBudget } from "../compilePolicy.ts";
import type { PolicyLabel } from "../policyLabel.ts";
import type { TraceShadow } from "../shadow/traceShadow.ts";
import { addedBit } from "./addedBits.ts";
import { CHUNK_BYTES } from "./chunks.ts";
import { countTraces } from "./countTraces.ts";
import { type CachedDecision, DecisionCache } from "./decisionCache.ts";
import { DecisionLog, type NewDecision } from "./decisionLog.ts";
import { writeWitnesses } from "./findWitnesses.ts";
import type { Outlets, TraceBooks } from "./outlet.ts";
import { PolicyVersions } from "./policyVersions.ts";
import { SeenTraces } from "./seenTraces.ts";
import { NONE, SpanStore } from "./spanStore.ts";
import { tierOfTrace } from "./tierOfTrace.ts";
import { TraceSender } from "./traceSender.ts";
import { ALONE, BY_ARRIVAL, BY_ROOT, DECIDED, HAS_RANDOMNESS, MOVED_ASIDE, ROOT_SEEN, TO_SEND, TraceTable } from "./traceTable.ts";
import type { TraceVersion } from "./traceVersion.ts";

/** Codes beside those of the scan: the request is larger than what may wait at all; there is no room now, because the queue is full too. */
export const TRACE_TOO_LARGE = -10;
export const TRACE_NO_ROOM = -11;

const TICK_MS = 25;
/** One turn of the event loop is not kept busy for longer. */
const TURN_MS = 8;
const DECIDED_PER_LOOK = 64;
/** Below this nothing is moved: it would save too little. */
const SPARSE_BYTES_MIN = 16_777_216;
const MOVED_PER_TICK_MAX = 2000;
const LOOKED_AT_PER_TICK_MAX = 50_000;

/** `isChecked`: its bytes have been checked all the way down. `scanMs`: what reading them took. */
type AboutTraces = { networkMs: number; isChecked?: boolean; scanMs?: number };
type Parts = {
  settings: TraceSettings;
  outlets: Outlets;
  books: TraceBooks;
  /** How many of a policy's so many tiers, from the last, are shed now. */
  shedding: (tiers: number) => number;
  clock: Clock;
  seed: number;
  /** For how many each span stands, as far as budgets go: 1 unless only some of the traces come here. */
  weight?: number;
};

/**
 * Decides on whole traces. Spans wait in chunks of memory, copied as they came, until their trace is due: `decisionWaitMs` after its first span, or
 * `decisionWaitAfterRootMs` after its root. Everything is bounded: at a bound the oldest traces are decided early, and where that helps nothing because
 * the queue is full too, the request is refused. A policy can change at any time; what waits is decided under the version that it arrived with, no later
 * than the new one would have it. Synchronous; a request is taken in one tick.
 */
export class TraceSampler {
  readonly log = new DecisionLog();
  readonly seen: SeenTraces;
  #settings: TraceSettings;
  #table: TraceTable;
  #store: SpanStore;
  #cache: DecisionCache;
  readonly #sender: TraceSender;
  readonly #books: TraceBooks;
  readonly #shedding: (tiers: number) => number;
  readonly #clock: Clock;
  readonly #seed: number;
  readonly #weight: number;
  readonly #versions = new PolicyVersions();
  #timer: (() => void) | undefined;
  #abandoned = false;
  #undecidedSpans = 0;
  #longestWaitMs = 0;
  #tracesKept = 0;
  #tracesSampledOut = 0;
  #lateKept = 0;
  #lateSampledOut = 0;
  /** Spans of the request that was refused last. */
  lastRefused = 0;
  /** Told of every decision, and changes none. */
  shadow: TraceShadow | undefined;
  readonly #byCause = new Map<DecisionCause, number>();

  constructor({ settings, outlets, books, shedding, clock, seed, weight = 1 }: Parts) {
    this.#settings = settings;
    this.#books = books;
    this.#shedding = shedding;
    this.#clock = clock;
    this.#seed = seed;
    this.#weight = weight;
    this.seen = new SeenTraces(seed, clock.unixMs);
    this.#store = new SpanStore(settings.spansMax);
    this.#table = new TraceTable({ capacity: settings.tracesMax, words: 1, seed });
    this.#cache = new DecisionCache({ ...settings.decisionCache, seed });
    this.#sender = new TraceSender({ outlets, books, log: this.log, clock, table: this.#table, store: this.#store });
  }

  get table(): TraceTable {
    return this.#table;
  }

  get store(): SpanStore {
    return this.#store;
  }

  get cache(): DecisionCache {
    return this.#cache;
  }

  get settings(): TraceSettings {
    return this.#settings;
  }

  /** How many traces were decided, by what began it. */
  get byCause(): ReadonlyMap<DecisionCause, number> {
    return this.#byCause;
  }

  /** By the ledger's number. */
  tierName(tier: number): string {
    return this.#books.tierName(tier);
  }

  versionOf(slot: number): TraceVersion {
    return this.#versions.at(this.#table.version(slot));
  }

  /** Nothing waits, and nothing is remembered that late spans would have to follow. */
  isIdle(): boolean {
    if (this.#table.traces > 0) return false;
    this.#cache.expire(this.#clock.now());
    return this.#cache.entries === 0;
  }

  figures(): TraceFigures {
    this.#cache.expire(this.#clock.now());
    const isTraceScope = this.#versions.running?.compiled.policy.scope === "trace";
    const { tracesMax, spansMax, bytesMax } = this.#settings;
    return {
      waitingTraces: this.#table.traces,
      heldBytes: this.#store.chunks.bytes,
      tracesMax: isTraceScope ? tracesMax : 0,
      spansMax: isTraceScope ? spansMax : 0,
      bytesMax: isTraceScope ? bytesMax : 0,
      tracesKept: this.#tracesKept,
      tracesSampledOut: this.#tracesSampledOut,
      tracesDecidedEarly: EARLY_CAUSES.reduce((sum, cause) => sum + (this.#byCause.get(cause) ?? 0), 0),
      lateKept: this.#lateKept,
      lateSampledOut: this.#lateSampledOut,
      cacheEntries: this.#cache.entries,
      cacheEntriesMax: isTraceScope ? this.#cache.entriesMax : 0,
      cacheHits: this.#cache.hits,
      cacheMisses: this.#cache.misses,
      cacheEvictions: this.#cache.evictions,
      cacheExpirations: this.#cache.expirations,
    };
  }

  // --- policies ---

  /**
   * Makes a policy the one that new traces begin under. One of span scope: every new span is decided at once, by itself. Throws RangeError when there is
   * not the memory for its bounds, and then nothing has changed.
   */
  use(compiled: CompiledPolicy, label: PolicyLabel, tierIds: readonly number[]): CarryOver {
    const before = this.#undecidedSpans;
    const early = { traces: 0, spans: 0 };
    const decideEarly = (slot: number, cause: DecisionCause) => {
      early.traces++;
      early.spans += this.#table.spans(slot);
      this.#decide(slot, cause, this.#clock.now());
    };
    this.#resize(compiled.policy.scope === "trace" ? compiled.policy : this.#settings, compiled.matcher.words);
    const previous = this.#versions.running;
    if (previous !== undefined) carryBudgets(previous.compiled, compiled);
    this.log.remember(this.#versions.add(compiled, label, tierIds));
    const tooOld = this.#versions.tooMany();
    if (tooOld.size > 0) for (const slot of this.#undecidedSlots()) if (tooOld.has(this.versionOf(slot))) decideEarly(slot, "policyChange");
    if (compiled.policy.scope === "trace") {
      this.#capDeadlines(compiled.policy);
      for (let cause = this.#boundBroken(0, 0, 0); cause !== undefined; cause = this.#boundBroken(0, 0, 0)) {
        const slot = this.#oldest();
        if (slot === NONE || this.#sender.send(Number.POSITIVE_INFINITY)) break;
        decideEarly(slot, cause);
      }
    }
    const carried = this.#countWaiting();
    this.#sender.send(Number.POSITIVE_INFINITY);
    this.#schedule();
    return {
      tracesCarriedOver: carried.traces,
      spansCarriedOver: carried.spans,
      tracesDecidedEarly: early.traces,
      spansDecidedEarly: early.spans,
      spansLost: before - carried.spans - early.spans,
    };
  }

  #undecidedSlots(): number[] {
    const slots: number[] = [];
    for (const list of [BY_ARRIVAL, BY_ROOT]) for (let slot = this.#table.first(list); slot !== NONE; slot = this.#table.next(slot)) slots.push(slot);
    return slots;
  }

  // By walking through all of them, so that nothing can be missing without being noticed.
  #countWaiting(): { traces: number; spans: number } {
    const slots = this.#undecidedSlots();
    return { traces: slots.length, spans: slots.reduce((sum, slot) => sum + this.#table.spans(slot), 0) };
  }

  /** Nobody waits longer than if it had come now; with that, the lists stay in order. */
  #capDeadlines({ decisionWaitMs, decisionWaitAfterRootMs }: TraceSettings): void {
    const now = this.#clock.now();
    for (const [list, wait] of [
      [BY_ARRIVAL, decisionWaitMs],
      [BY_ROOT, decisionWaitAfterRootMs],
    ]) {
      for (let slot = this.#table.first(list); slot !== NONE; slot = this.#table.next(slot)) {
        if (this.#table.deadline(slot) > now + wait) this.#table.setDeadline(slot, now + wait);
      }
    }
  }

  /** Makes room for other bounds and larger policies. Throws RangeError when there is not the memory, and then nothing has changed. */
  #resize(settings: TraceSettings, words: number): void {
    const { tracesMax, spansMax, decisionCache } = settings;
    const empty = this.#table.traces === 0;
    const seed = this.#seed;
    const traces = empty ? tracesMax : Math.max(tracesMax, this.#table.capacity);
    const spans = empty ? spansMax : Math.max(spansMax, this.#store.capacity);
    const fits = traces === this.#table.capacity && words <= this.#table.words;
    const table = fits ? this.#table : new TraceTable({ capacity: traces, words: Math.max(words, this.#table.words), seed }, this.#table);
    const store = spans === this.#store.capacity ? this.#store : new SpanStore(spans, this.#store);
    if (decisionCache.entriesMax !== this.#cache.entriesMax) this.#cache = new DecisionCache({ ...decisionCache, seed }, this.#cache);
    this.#cache.ttlMs = decisionCache.ttlMs;
    this.#table = table;
    this.#store = store;
    this.#sender.useTable(table, store);
    this.#settings = settings;
    this.#longestWaitMs = Math.max(this.#longestWaitMs, settings.decisionWaitMs);
  }

  // --- a request ---

  /** Takes the spans of a request in; ≥ 0: how many; negative: a code that refuses it as a whole, and nothing has changed. */
  accept(bytes: Buffer, start: number, end: number, about: AboutTraces): number {
    const spans = this.scan(bytes, start, end, about.isChecked);
    return spans <= 0 ? spans : this.acceptScanned(bytes, start, end, this.scanned, about);
  }

  /** What the last scan found, until the next. */
  get scanned(): SpanTable {
    return this.#current.table;
  }

  /** Of the running policy: what another sampler found in a request holds here if it is the same. */
  get policyHash(): string {
    return this.#current.policyHash;
  }

  get #current(): TraceVersion {
    return this.#versions.at(this.#versions.current);
  }

  /** Reads a request without taking anything in; ≥ 0: its spans, each checked all the way down unless `isChecked`; negative: a code that refuses it. */
  scan(bytes: Buffer, start: number, end: number, isChecked = false): number {
    const { table, compiled } = this.#current;
    table.isChecked = isChecked;
    const spans = scanTraces(bytes, start, end, table, compiled.matcher);
    if (spans <= 0 || isChecked) return spans;
    const code = checkHeaders(bytes, table);
    return code < 0 ? code : spans;
  }

  /** As `accept`, of a request in which a scan under the running policy has found `request`. */
  acceptScanned(bytes: Buffer, start: number, end: number, request: SpanTable, { networkMs, scanMs = 0 }: AboutTraces): number {
    const { spans } = request;
    const version = this.#current;
    const now = this.#clock.now();
    advanceBudgets(version.compiled, now);
    this.#decideDue(now, DECIDED_PER_LOOK + spans);
    this.#sender.send(TURN_MS);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const refused = this.#makeRoom(view, request, end - start, now);
    if (refused < 0) {
      this.lastRefused = spans;
      return refused;
    }
    this.#takeIn(bytes, view, start, end, version, request, { now, networkMs, processingMs: scanMs });
    for (const slot of this.#alone) this.#decide(slot, "atOnce", now);
    this.#alone.length = 0;
    this.#decideDue(now, DECIDED_PER_LOOK + spans);
    this.#sender.send(TURN_MS);
    this.#schedule();
    return spans;
  }

  #boundBroken(spans: number, bytes: number, traces: number): DecisionCause | undefined {
    const { tracesMax, spansMax, bytesMax } = this.#settings;
    if (this.#store.spans + spans > spansMax) return "spansMax";
    if (this.#table.traces + traces > tracesMax) return "tracesMax";
    return this.#store.chunks.bytes + bytes > bytesMax ? "bytesMax" : undefined;
  }

  #makeRoom(view: DataView, request: SpanTable, requestBytes: number, now: number): number {
    const { spans } = request;
    const { tracesMax, spansMax } = this.#settings;
    const bytes = requestBytes + CHUNK_BYTES;
    if (this.#boundBroken(spans, bytes, spans) === undefined) return 0;
    const { all, fresh } = countTraces(view, request, this.#table, this.#seed);
    if (spans > spansMax || all > tracesMax) return TRACE_TOO_LARGE;
    let places = fresh;
    for (let cause = this.#boundBroken(spans, bytes, places); cause !== undefined; cause = this.#boundBroken(spans, bytes, places)) {
      // Where the queue takes no more, deciding more of them early would not make room: they could not leave.
      if (this.#sender.send(Number.POSITIVE_INFINITY) && (this.#sender.isBlocked || this.unsent * 2 > this.#store.spans)) return TRACE_NO_ROOM;
      const slot = this.#oldest();
      if (slot === NONE) return this.#store.spans === 0 ? 0 : TRACE_NO_ROOM;
      this.#decide(slot, cause, now);
      // It may be one that the request has more spans of.
      places = Math.min(all, places + 1);
    }
    return 0;
  }

  #oldest(): number {
    const table = this.#table;
    const arrived = table.first(BY_ARRIVAL);
    const rooted = table.first(BY_ROOT);
    if (arrived === NONE || rooted === NONE) return arrived === NONE ? rooted : arrived;
    return table.firstSeen(arrived) <= table.firstSeen(rooted) ? arrived : rooted;
  }

  #takeIn(
    bytes: Buffer,
    view: DataView,
    start: number,
    end: number,
    version: TraceVersion,
    request: SpanTable,
    times: { now: number; networkMs: number; processingMs: number },
  ): void {
    const table = this.#table;
    const { now } = times;
    const bySpan = version.compiled.policy.scope === "span";
    const { decisionWaitMs, decisionWaitAfterRootMs } = this.#settings;
    let lastSlot = NONE;
    let lastA = 0;
    let lastB = 0;
    let lastC = 0;
    let lastD = 0;
    this.#store.beginRequest();
    this.#scanned.length = 0;
    for (let resource = 0; resource < request.resources; resource++) {
      for (let scope = request.resourceScope[resource]; scope < request.resourceScope[resource + 1]; scope++) {
        for (let span = request.scopeSpan[scope]; span < request.scopeSpan[scope + 1]; span++) {
          const idAt = request.idAt[span];
          let a = 0;
          let b = 0;
          let c = 0;
          let d = 0;
          if (idAt !== 0) {
            a = view.getInt32(idAt);
            b = view.getInt32(idAt + 4);
            c = view.getInt32(idAt + 8);
            d = view.getInt32(idAt + 12);
          }
          const hasId = (a | b | c | d) !== 0;
          let slot = lastSlot;
          if (!hasId || slot === NONE || d !== lastD || c !== lastC || b !== lastB || a !== lastA) {
            slot = hasId ? table.find(a, b, c, d) : NONE;
            if (slot === NONE) {
              if (hasId && this.#cache.find(a, b, c, d, now)) {
                slot = this.#late(a, b, c, d, request.end[span] - request.start[span], now);
                if (slot === NONE) {
                  lastSlot = NONE;
                  continue;
                }
              } else if (hasId && !bySpan) {
                slot = table.add(a, b, c, d, BY_ARRIVAL, 0, this.#versions.current, now, now + decisionWaitMs);
                table.setRequestTimes(slot, times.networkMs, times.processingMs);
                this.seen.add(a, b, c, d);
                version.waiting++;
              } else {
                slot = table.add(a, b, c, d, BY_ARRIVAL, ALONE, this.#versions.current, now, now);
                table.setRequestTimes(slot, times.networkMs, times.processingMs);
                if (hasId) this.seen.add(a, b, c, d);
                version.waiting++;
              }
            }
            lastSlot = hasId && !bySpan ? slot : NONE;
            lastA = a;
            lastB = b;
            lastC = c;
            lastD = d;
          }
          if ((table.flags(slot) & DECIDED) !== 0) {
            this.#lateKept++;
            const keptAllBy = this.log.keptAllBy(table.logEntry(slot), a, b, c, d);
            if (keptAllBy !== undefined) this.#books.keptAll(keptAllBy, 1, request.end[span] - request.start[span]);
          } else this.#note(slot, bytes, view, start, end, version, request, span);
          const node = this.#store.add(bytes, request, resource, scope, span, this.#added);
          this.#added = 0;
          const last = table.lastSpan(slot);
          if (last !== NONE) this.#store.setNext(last, node);
          table.setSpans(slot, last === NONE ? node : table.firstSpan(slot), node, table.spans(slot) + 1);
          if ((table.flags(slot) & ALONE) !== 0) {
            // Decided after all of the request is in: a decision gives memory back, and the scope may have more spans.
            this.#alone.push(slot);
            continue;
          }
          if (request.parentAt[span] >= 0 && (table.flags(slot) & (DECIDED | ROOT_SEEN)) === 0 && isRoot(view, request.parentAt[span])) {
            table.flag(slot, ROOT_SEEN);
            if (now + decisionWaitAfterRootMs < table.deadline(slot)) {
              table.setDeadline(slot, now + decisionWaitAfterRootMs);
              table.move(slot, BY_ROOT);
            }
          }
        }
      }
    }
  }

  readonly #alone: number[] = [];
  /** What the span that is being taken in was the first of its trace to fulfil. */
  #added = 0;

  /** Adds what a span says to what is known of its trace. */
  #note(slot: number, bytes: Buffer, view: DataView, start: number, end: number, version: TraceVersion, scanned: SpanTable, span: number): void {
    const table = this.#table;
    const own = table.version(slot) === this.#versions.current ? version : this.versionOf(slot);
    const request = own === version ? scanned : this.#scanUnder(own, bytes, start, end);
    const { words } = own.compiled.matcher;
    const { bits } = table;
    this.#undecidedSpans++;
    for (let word = 0; word < words; word++) {
      const at = slot * table.words + word;
      const fresh = request.bits[span * words + word] & ~bits[at];
      if (fresh === 0) continue;
      bits[at] |= fresh;
      if (words === 1) this.#added = fresh;
      else for (let bit = 0; bit < 32; bit++) if ((fresh & (1 << bit)) !== 0) this.#added = addedBit(this.#added, words, word * 32 + bit);
    }
    const { startAt, endAt } = request;
    if (startAt[span] !== 0) table.noteStart(slot, view.getInt32(startAt[span] + 4, true), view.getInt32(startAt[span], true));
    if (endAt[span] !== 0) table.noteEnd(slot, view.getInt32(endAt[span] + 4, true), view.getInt32(endAt[span], true));
    if ((request.verdict[span] & HAS_STATE) === 0) return;
    readTraceState(bytes, contentStart(bytes, request.stateStart[span], request.stateEnd[span]), request.stateEnd[span]);
    if (found.randomness) table.noteRandomness(slot, found.randomnessHigh, found.randomnessLow);
  }

  // A trace that waits is matched by the policy that it began under; the request is scanned by that one too, once, when the first of its spans comes.
  #scanUnder(own: TraceVersion, bytes: Buffer, start: number, end: number): SpanTable {
    if (!this.#scanned.includes(own)) {
      own.table.isChecked = true;
      scanTraces(bytes, start, end, own.table, own.compiled.matcher);
      this.#scanned.push(own);
    }
    return own.table;
  }
  readonly #scanned: TraceVersion[] = [];

  /** A span whose trace was decided already: counted at once, or, when the trace is kept, a slot through which it is sent on. */
  #late(a: number, b: number, c: number, d: number, bytes: number, now: number): number {
    const { kept, tier, thresholdHigh, thresholdLow, logEntry } = this.#cache.found;
    this.log.late(logEntry, a, b, c, d);
    this.shadow?.late(bytes);
    if (!kept) {
      this.#lateSampledOut++;
      this.#books.sampledOut(tier, 1, bytes);
      return NONE;
    }
    const slot = this.#table.add(a, b, c, d, TO_SEND, 0, this.#versions.current, now, now);
    this.#table.setDecision(slot, thresholdHigh, thresholdLow, tier, logEntry);
    this.#sender.enqueue(slot);
    return slot;
  }

  // --- decisions ---

  /** Decides what is due, at most so many. True when more is. */
  #decideDue(now: number, max: number): boolean {
    const table = this.#table;
    for (let count = 0; count < max; count++) {
      const rooted = table.first(BY_ROOT);
      if (rooted !== NONE && table.deadline(rooted) <= now) {
        this.#decide(rooted, "rootWait", now);
        continue;
      }
      const arrived = table.first(BY_ARRIVAL);
      if (arrived === NONE || table.deadline(arrived) > now) return false;
      this.#decide(arrived, "wait", now);
    }
    return true;
  }

  #decide(slot: number, cause: DecisionCause, now: number): void {
    const table = this.#table;
    const store = this.#store;
    const version = this.versionOf(slot);
    const { matcher } = version.compiled;
    const tier = this.tierOf(slot);
    const thresholdHigh = matcher.thresholdHigh[tier];
    const thresholdLow = matcher.thresholdLowFlipped[tier] ^ 0x80000000;
    const randomHigh = table.randomHigh(slot);
    const randomLow = table.randomLow(slot);
    const kept = randomHigh > thresholdHigh || (randomHigh === thresholdHigh && randomLow >>> 0 >= thresholdLow >>> 0);
    const rule = tier < matcher.extraTiers ? version.compiled.keepAll[tier] : undefined;
    // The bits are those that `tierOf` has just decided by.
    const policyTier = rule === undefined ? tier : matcher.policyTierOf(this.#scratchBits);
    const policyKeeps = rule === undefined ? kept : matcher.keeps(policyTier, randomHigh, randomLow);
    const spans = table.spans(slot);
    const firstNode = table.firstSpan(slot);
    let bytes = 0;
    let witnessNodes = 0;
    for (let node = firstNode; node !== NONE; node = store.next(node)) {
      bytes += store.size(node);
      if (store.added(node) !== 0) witnessNodes++;
    }
    const tierId = version.tierIds[tier];
    let logEntry = NONE;
    const a = table.idWord(slot, 0);
    const b = table.idWord(slot, 1);
    const c = table.idWord(slot, 2);
    const d = table.idWord(slot, 3);
    if ((a | b | c | d) !== 0) {
      const durationNs = table.durationNs(slot);
      const logged = this.#logged;
      logged.kept = kept;
      logged.spans = spans;
      logged.bytes = bytes;
      logged.tier = tier;
      logged.cause = cause;
      logged.explicitRandomness = (table.flags(slot) & HAS_RANDOMNESS) !== 0;
      logged.rootSeen = (table.flags(slot) & ROOT_SEEN) !== 0;
      logged.firstSeen = table.firstSeen(slot);
      logged.decidedAt = now;
      logged.durationMs = durationNs === undefined ? Number.NaN : durationNs / 1e6;
      logged.thresholdHigh = thresholdHigh;
      logged.thresholdLow = thresholdLow;
      logged.randomHigh = randomHigh;
      logged.randomLow = randomLow;
      logged.policyTier = policyTier;
      logged.policyKeeps = policyKeeps;
      logged.networkMs = table.networkMs(slot);
      logged.processingMs = table.processingMs(slot);
      logged.witnessBytes = witnessNodes === 0 ? 0 : writeWitnesses(store, firstNode, version, tier, this.log.witnesses);
      logEntry = this.log.put(a, b, c, d, version, logged);
    }
    if ((table.flags(slot) & ALONE) === 0) {
      const decision: CachedDecision = this.#decision;
      decision.kept = kept;
      decision.tier = tierId;
      decision.thresholdHigh = thresholdHigh;
      decision.thresholdLow = thresholdLow;
      decision.logEntry = logEntry;
      decision.decidedAt = now;
      this.#cache.put(a, b, c, d, decision);
      this.#books.waited((now - table.firstSeen(slot)) / 1000);
    }
    this.shadow?.decided({ table, store, slot, compiled: version.compiled, tier, kept, bytes });
    offerToBudget(version.compiled, tier, spans * this.#weight);
    const { overlaps } = version.compiled;
    if (!overlaps.isOff) {
      overlaps.offer(1, spans, now);
      // The bits are those that `tierOf` has just decided by.
      if (overlaps.toSkip-- === 0) overlaps.look(spans, (out) => matcher.matchingTiers(this.#scratchBits, out));
    }
    this.#byCause.set(cause, (this.#byCause.get(cause) ?? 0) + 1);
    this.#undecidedSpans -= spans;
    this.#versions.left(table.version(slot));
    if (rule !== undefined && !policyKeeps) this.#books.keptAll(rule.id, spans, bytes);
    if (kept) {
      this.#tracesKept++;
      table.setDecision(slot, thresholdHigh, thresholdLow, tierId, logEntry);
      const tiers = version.compiled.tiers.length;
      if (tier < tiers - this.#shedding(tiers)) return this.#sender.enqueue(slot);
      this.#books.shed(tierId, spans, bytes);
      this.log.sent(logEntry, a, b, c, d, SHED, Number.NaN);
    } else {
      this.#tracesSampledOut++;
      this.#books.sampledOut(tierId, spans, bytes);
    }
    for (let node = firstNode; node !== NONE; ) {
      const next = store.next(node);
      store.remove(node);
      node = next;
    }
    table.remove(slot);
  }

  // Used again and again: an object for each decision is what most of the garbage was.
  readonly #logged: NewDecision = {
    ...{ kept: false, spans: 0, bytes: 0, tier: 0, cause: "wait", explicitRandomness: false, rootSeen: false, firstSeen: 0.5, decidedAt: 0.5, durationMs: 0.5 },
    ...{
      thresholdHigh: 0,
      thresholdLow: 0,
      randomHigh: 0,
      randomLow: 0,
      policyTier: 0,
      policyKeeps: false,
      networkMs: 0.5,
      processingMs: 0.5,
      witnessBytes: 0,
    },
  };
  readonly #decision: CachedDecision = { kept: false, tier: 0, thresholdHigh: 0, thresholdLow: 0, logEntry: NONE, decidedAt: 0 };
  #scratchBits = new Int32Array(1);

  /** The tier that decides by what is known of a trace now. */
  tierOf(slot: number): number {
    const table = this.#table;
    const { matcher } = this.versionOf(slot).compiled;
    if (this.#scratchBits.length < matcher.words) this.#scratchBits = new Int32Array(matcher.words);
    const bits = this.#scratchBits;
    for (let word = 0; word < matcher.words; word++) bits[word] = table.bits[slot * table.words + word];
    return tierOfTrace(matcher, bits, table, slot);
  }

  // --- the way out ---

  /** Room may have come free in the queue. After `abandon` it comes free because what is queued is given up too, and nothing may follow. */
  roomFreed(): void {
    if (!this.#abandoned) this.#sender.send(TURN_MS);
  }

  /** Tiers go to other outlets from now on. */
  rerouted(): void {
    this.#sender.rerouted();
  }

  #schedule(): void {
    if (this.#timer !== undefined || (this.#table.traces === 0 && this.#store.chunks.bytes === 0)) return;
    this.#timer = this.#clock.after(TICK_MS, () => this.#tick());
  }

  #tick(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    const until = now + TURN_MS;
    for (const version of this.#versions.all()) advanceBudgets(version.compiled, now);
    this.#cache.expire(now);
    let more = true;
    while (more && this.#clock.now() < until) {
      more = this.#decideDue(now, DECIDED_PER_LOOK);
      this.#sender.send(TURN_MS);
    }
    if (this.#table.traces === 0) return this.#store.chunks.trim();
    this.#moveStragglers(now);
    const goesOn = more || (this.#sender.hasUnsent && !this.#sender.isBlocked);
    this.#timer = this.#clock.after(goesOn ? 0 : TICK_MS, () => this.#tick());
  }

  /**
   * Most traces are decided soon after their root, the others keep whole chunks of dead memory alive for as long as they wait. Where less than a third of
   * what was put into chunks still waits, the spans of those are moved aside, each once. They stand at the front of the list.
   */
  #moveStragglers(now: number): void {
    const table = this.#table;
    const { chunks } = this.#store;
    if (chunks.bytes < SPARSE_BYTES_MIN || this.#store.spans * 3 > chunks.spansPut) return;
    const old = now - this.#settings.decisionWaitAfterRootMs - TICK_MS;
    let moved = 0;
    let slot = table.first(BY_ARRIVAL);
    for (let looked = 0; slot !== NONE && looked < LOOKED_AT_PER_TICK_MAX && moved < MOVED_PER_TICK_MAX; looked++) {
      if (table.firstSeen(slot) > old) break;
      if ((table.flags(slot) & MOVED_ASIDE) === 0) {
        this.#store.move(table.firstSpan(slot));
        table.flag(slot, MOVED_ASIDE);
        moved++;
      }
      slot = table.next(slot);
    }
  }

  /** Decides everything that waits, for a stop; what the queue has no room for stays until `roomFreed`. */
  decideAll(): void {
    const now = this.#clock.now();
    for (const slot of this.#undecidedSlots()) this.#decide(slot, "shutdown", now);
    this.#sender.send(Number.POSITIVE_INFINITY);
  }

  /** Spans that were decided to be kept and still wait for room. */
  get unsent(): number {
    return this.#store.spans - this.#undecidedSpans;
  }

  /** No span that waits came before this time (on the clock's `now`); 0 where what is decided could not leave, undefined when nothing waits. */
  oldestWaitingAt(): number | undefined {
    const table = this.#table;
    if (this.#sender.hasUnsent) return 0;
    const arrived = table.first(BY_ARRIVAL);
    const rooted = table.first(BY_ROOT);
    if (arrived === NONE && rooted === NONE) return undefined;
    const since = arrived === NONE ? Number.POSITIVE_INFINITY : table.firstSeen(arrived);
    // That list is in order of deadlines, and no deadline is later than the longest wait after the first span.
    return rooted === NONE ? since : Math.min(since, table.deadline(rooted) - this.#longestWaitMs);
  }

  /** Gives everything up that still waits; returns how many spans that were. Nothing is taken in afterwards. */
  abandon(): number {
    this.#abandoned = true;
    this.#timer?.();
    this.#timer = undefined;
    return this.#store.spans;
  }
}

function isRoot(view: DataView, parentAt: number): boolean {
  return parentAt === 0 || (view.getInt32(parentAt) | view.getInt32(parentAt + 4)) === 0;
}
