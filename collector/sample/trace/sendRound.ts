import { SPAN_GROWTH_MAX, STATE_GROWTH_MAX, suffixedSize, thresholdField, writeSuffixed, writeWithState } from "../../otlp/frameTraceSpan.ts";
import { varintSize, writeVarint } from "../../otlp/varint.ts";
import type { Outlet } from "./outlet.ts";
import { NONE, type SpanStore } from "./spanStore.ts";

const SPANS_MAX = 8192;
const BYTES_MAX = 1_048_576;
const CLASSES_MAX = 64;
const GROUP_GROWTH_MAX = 24;

type ThresholdClass = { high: number; low: number; suffix: Buffer };

/**
 * Kept spans that are sent on together. They are sorted by the scope that they came in, so that what stands around them (the resource, mostly as large as a
 * span) goes out once and not with each of them.
 */
export class SendRound {
  spans = 0;
  #store: SpanStore;
  #bytesMax = 0;
  readonly #groups = new Int32Array(SPANS_MAX);
  #groupCount = 0;
  readonly #sizes = new Int32Array(SPANS_MAX);
  readonly #classes: ThresholdClass[] = [];
  #lastClass = 0;
  /** Spans whose trace state had to be rewritten, whole and one after the other, in the order in which they are written. */
  #side: Buffer = Buffer.alloc(4096);
  #sideUsed = 0;

  constructor(store: SpanStore) {
    this.#store = store;
  }

  /** Another store took over everything; the round has to be empty. */
  useStore(store: SpanStore): void {
    this.#store = store;
  }

  /** Whether one more span may be sent on now; when not, and the round is not empty, it may be after `flush`. */
  hasRoomFor(node: number, outlet: Outlet): boolean {
    const bytes = this.#bytesMax + this.#boundOf(node);
    if (outlet.hasRoom(this.spans + 1, bytes)) return this.spans < SPANS_MAX && (this.spans === 0 || (bytes <= BYTES_MAX && this.spans < outlet.spansLeft()));
    return this.spans === 0 && outlet.isEmpty();
  }

  add(node: number, thresholdHigh: number, thresholdLow: number): void {
    const store = this.#store;
    this.#bytesMax += this.#boundOf(node);
    this.spans++;
    store.setAdded(node, this.#classOf(thresholdHigh, thresholdLow));
    if (store.gather(node)) this.#groups[this.#groupCount++] = store.groupOf(node);
  }

  /** Whether another threshold still has a place. */
  takesThreshold(high: number, low: number): boolean {
    return this.#classes.length < CLASSES_MAX || this.#placeOf(high, low) >= 0;
  }

  /** Writes everything into the open batch and gives the spans up; returns the batch's number. */
  flush(outlet: Outlet): number {
    const at = outlet.reserve(this.spans, this.#bytesMax);
    const { buffer } = outlet;
    const store = this.#store;
    let pos = at;
    for (let index = 0; index < this.#groupCount; index++) pos = this.#writeGroup(this.#groups[index], buffer, pos);
    const batch = outlet.commit(at, pos, this.spans);
    for (let index = 0; index < this.#groupCount; index++) {
      for (let node = store.takeGathered(this.#groups[index]); node !== NONE; ) {
        const next = store.next(node);
        store.remove(node);
        node = next;
      }
    }
    this.spans = 0;
    this.#bytesMax = 0;
    this.#groupCount = 0;
    // Policies have few thresholds, and rounds are many: they stay until there is no place for another.
    if (this.#classes.length === CLASSES_MAX) this.#classes.length = 0;
    return batch;
  }

  // More than the span can come to: with its whole group around it, which costs room and nothing else where several share one.
  #boundOf(node: number): number {
    const store = this.#store;
    const group = store.groupOf(node);
    const around = store.resourceEnd(group) - store.resourceAt(group) + store.scopeEnd(group) - store.scopeAt(group) + GROUP_GROWTH_MAX;
    return store.size(node) + (store.hasState(node) ? STATE_GROWTH_MAX : SPAN_GROWTH_MAX) + (store.hasGathered(group) ? 0 : around);
  }

  #writeGroup(group: number, out: Buffer, at: number): number {
    const store = this.#store;
    const bytes = store.bufferOf(group);
    const scopeAt = store.scopeAt(group);
    const scopeEnd = store.scopeEnd(group);
    const resourceAt = store.resourceAt(group);
    const resourceEnd = store.resourceEnd(group);
    let scopeSize = scopeEnd - scopeAt;
    let count = 0;
    this.#sideUsed = 0;
    for (let node = store.firstGathered(group); node !== NONE; node = store.next(node)) {
      const size = store.hasState(node) ? this.#rewrite(bytes, node) : suffixedSize(bytes, store.start(node), store.end(node), this.#suffixOf(node));
      this.#sizes[count++] = size;
      scopeSize += size;
    }
    let pos = at;
    out[pos] = 0x0a;
    pos = writeVarint(out, pos + 1, resourceEnd - resourceAt + 1 + varintSize(scopeSize) + scopeSize);
    pos += bytes.copy(out, pos, resourceAt, resourceEnd);
    out[pos] = 0x12;
    pos = writeVarint(out, pos + 1, scopeSize);
    pos += bytes.copy(out, pos, scopeAt, scopeEnd);
    count = 0;
    let sideAt = 0;
    for (let node = store.firstGathered(group); node !== NONE; node = store.next(node)) {
      const size = this.#sizes[count++];
      if (store.hasState(node)) {
        this.#side.copy(out, pos, sideAt, sideAt + size);
        sideAt += size;
        pos += size;
      } else pos = writeSuffixed(bytes, store.start(node), store.end(node), this.#suffixOf(node), out, pos);
    }
    return pos;
  }

  #rewrite(bytes: Buffer, node: number): number {
    const store = this.#store;
    const need = this.#sideUsed + store.size(node) + STATE_GROWTH_MAX;
    if (need > this.#side.length) {
      const larger = Buffer.allocUnsafeSlow(need * 2);
      this.#side.copy(larger, 0, 0, this.#sideUsed);
      this.#side = larger;
    }
    const { high, low } = this.#classes[store.added(node)];
    const end = writeWithState(bytes, store.start(node), store.end(node), high, low, this.#side, this.#sideUsed);
    const size = end - this.#sideUsed;
    this.#sideUsed = end;
    return size;
  }

  #suffixOf(node: number): Buffer {
    return this.#classes[this.#store.added(node)].suffix;
  }

  #classOf(high: number, low: number): number {
    const classes = this.#classes;
    const last = classes[this.#lastClass];
    if (last !== undefined && last.high === high && last.low === low) return this.#lastClass;
    let index = this.#placeOf(high, low);
    if (index < 0) index = classes.push({ high, low, suffix: thresholdField(high, low) }) - 1;
    this.#lastClass = index;
    return index;
  }

  #placeOf(high: number, low: number): number {
    const classes = this.#classes;
    for (let index = 0; index < classes.length; index++) if (classes[index].high === high && classes[index].low === low) return index;
    return -1;
  }
}
