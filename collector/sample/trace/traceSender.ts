import type { Clock } from "../../clock.ts";
import type { DecisionLog } from "./decisionLog.ts";
import { OUTLETS_MAX, type Outlet, type Outlets, type TraceBooks } from "./outlet.ts";
import { SendRound } from "./sendRound.ts";
import { NONE, type SpanStore } from "./spanStore.ts";
import { TO_SEND, type TraceTable } from "./traceTable.ts";

type Parts = { outlets: Outlets; books: TraceBooks; log: DecisionLog; clock: Clock; table: TraceTable; store: SpanStore };

/** Sends on what was decided to be kept: to each outlet in the order of the decisions, as far as its queue takes it. */
export class TraceSender {
  #table: TraceTable;
  #store: SpanStore;
  readonly #round: SendRound;
  readonly #outlets: Outlets;
  /** The one that the round goes to. */
  #outlet: Outlet;
  readonly #books: TraceBooks;
  readonly #log: DecisionLog;
  readonly #clock: Clock;
  /** Every queue for which something waits took no more when it was tried last. */
  isBlocked = false;
  #isFull = false;
  /** Of the traces in the round: their place in the log, and their id. */
  readonly #logged: number[] = [];

  constructor({ outlets, books, log, clock, table, store }: Parts) {
    this.#table = table;
    this.#store = store;
    this.#round = new SendRound(store);
    this.#outlets = outlets;
    this.#outlet = outlets.list[0];
    this.#books = books;
    this.#log = log;
    this.#clock = clock;
  }

  /** Others took over everything that waits. */
  useTable(table: TraceTable, store: SpanStore): void {
    this.#table = table;
    this.#store = store;
    this.#round.useStore(store);
  }

  /** Something was decided to be kept and is not sent yet. */
  get hasUnsent(): boolean {
    for (let list = 0; list < OUTLETS_MAX; list++) if (this.#table.first(TO_SEND + list) !== NONE) return true;
    return false;
  }

  /** Puts a trace into the list of its outlet, which its tier decides. */
  enqueue(slot: number): void {
    this.#table.move(slot, TO_SEND + this.#outlets.of(this.#table.tier(slot)));
  }

  /** Tiers go to other outlets now: what waits goes with them. */
  rerouted(): void {
    const slots: number[] = [];
    for (let list = 0; list < OUTLETS_MAX; list++) {
      for (let slot = this.#table.first(TO_SEND + list); slot !== NONE; slot = this.#table.next(slot)) slots.push(slot);
    }
    for (const slot of slots) this.enqueue(slot);
    this.send(Number.POSITIVE_INFINITY);
  }

  /** For at most about so long. True when something still waits to be sent: for room, or for the next turn. */
  send(forMs: number): boolean {
    const until = this.#clock.now() + forMs;
    let waits = false;
    let goesOn = false;
    for (let list = 0; list < this.#outlets.list.length; list++) {
      if (this.#table.first(TO_SEND + list) === NONE) continue;
      this.#outlet = this.#outlets.list[list];
      const isBlocked = this.#sendList(TO_SEND + list, until);
      if (this.#table.first(TO_SEND + list) === NONE) continue;
      waits = true;
      if (!isBlocked) goesOn = true;
    }
    this.isBlocked = waits && !goesOn;
    return waits;
  }

  /** True when it ended because the outlet took no more. */
  #sendList(list: number, until: number): boolean {
    const table = this.#table;
    this.#isFull = false;
    for (let slot = table.first(list); slot !== NONE; slot = table.first(list)) {
      if (!this.#sendTrace(slot, until)) break;
      this.#noteInRound(slot);
      table.remove(slot);
      if (this.#clock.now() > until) break;
    }
    this.#flush();
    return this.#isFull;
  }

  /** Puts a trace's spans into the round; false when there was not room or time for all: the rest waits on, at the front. */
  #sendTrace(slot: number, until: number): boolean {
    const table = this.#table;
    const store = this.#store;
    const round = this.#round;
    const high = table.thresholdHigh(slot);
    const low = table.thresholdLow(slot);
    if (!round.takesThreshold(high, low)) this.#flush();
    let node = table.firstSpan(slot);
    let spans = 0;
    let bytes = 0;
    while (node !== NONE) {
      if (!round.hasRoomFor(node, this.#outlet)) {
        if (round.spans === 0) {
          this.#isFull = true;
          break;
        }
        this.#noteInRound(slot);
        this.#flush();
        if (this.#clock.now() > until) break;
        continue;
      }
      const next = store.next(node);
      bytes += store.size(node);
      round.add(node, high, low);
      spans++;
      node = next;
    }
    if (spans > 0) this.#books.sent(table.tier(slot), spans, bytes);
    if (node === NONE) return true;
    table.setSpans(slot, node, table.lastSpan(slot), table.spans(slot) - spans);
    return false;
  }

  #noteInRound(slot: number): void {
    const table = this.#table;
    const entry = table.logEntry(slot);
    if (entry !== NONE) this.#logged.push(entry, table.idWord(slot, 0), table.idWord(slot, 1), table.idWord(slot, 2), table.idWord(slot, 3));
  }

  #flush(): void {
    const round = this.#round;
    if (round.spans > 0) {
      const began = this.#clock.now();
      const batch = round.flush(this.#outlet);
      const tookMs = this.#clock.now() - began;
      this.#books.serialized(tookMs / 1000);
      const logged = this.#logged;
      for (let at = 0; at < logged.length; at += 5) this.#log.sent(logged[at], logged[at + 1], logged[at + 2], logged[at + 3], logged[at + 4], batch, tookMs);
    }
    this.#logged.length = 0;
  }
}
