const UNSETTLED = 0;
const SETTLED = 1;
/** Settled, and that is on the disk; or a record that is not there. */
const SETTLED_ON_DISK = 2;
/** Every so many records the place in the file is kept; what lies between is found by walking the headers. */
const MARK_EVERY = 64;
const TIME_STEP_MS = 1000;

export type SeqRange = { fromSeq: number; toSeq: number };

/**
 * What is known about consecutive records without reading them: 5 bytes for each (its spans, and whether it is settled), 8 more for every 64th (its place),
 * 16 more for each second in which some were accepted. Just after growing it can be twice that.
 */
export class RecordTable {
  firstSeq: number;
  count = 0;
  unsettled = 0;
  #spans = new Uint32Array(64);
  #state = new Uint8Array(64);
  #offsets: number[] = [];
  #times: { index: number; atMs: number }[] = [];
  /** Nothing before it is unsettled. */
  #first = 0;
  /** Everything that is settled and not written down lies between the two. */
  #dirtyFrom = 0;
  #dirtyTo = 0;

  constructor(firstSeq: number) {
    this.firstSeq = firstSeq;
  }

  get endSeq(): number {
    return this.firstSeq + this.count;
  }

  /** Empty again, with the memory that it has. */
  reset(firstSeq: number): void {
    this.firstSeq = firstSeq;
    this.count = 0;
    this.unsettled = 0;
    this.#offsets.length = 0;
    this.#times.length = 0;
    this.#first = 0;
    this.#dirtyFrom = 0;
    this.#dirtyTo = 0;
  }

  /** The next one; `offset` is where its header begins. */
  add(spans: number, atMs: number, offset: number): void {
    const index = this.count;
    this.#reserve(index + 1);
    this.#spans[index] = spans;
    this.#state[index] = UNSETTLED;
    if (index % MARK_EVERY === 0) this.#offsets.push(offset);
    this.#markTime(index, atMs);
    this.count++;
    this.unsettled++;
  }

  /** So many that are not there, before the one whose header begins at `offset`. `lost`: that has been told, and is to be written down as if they were settled. */
  addAbsent(records: number, offset: number, lost = false): void {
    const from = this.count;
    this.#reserve(from + records);
    this.#spans.fill(0, from, from + records);
    this.#state.fill(lost ? SETTLED : SETTLED_ON_DISK, from, from + records);
    if (lost) this.#markDirty(from, from + records);
    this.count += records;
    while (this.#offsets.length * MARK_EVERY < this.count) this.#offsets.push(offset);
  }

  /** Appends what `other` holds; its places are `shift` further on here. */
  addAll(other: RecordTable, shift: number): void {
    const from = this.count;
    this.#reserve(from + other.count);
    this.#spans.set(other.#spans.subarray(0, other.count), from);
    this.#state.set(other.#state.subarray(0, other.count), from);
    const misfit = (MARK_EVERY - (from % MARK_EVERY)) % MARK_EVERY;
    // A mark may lie before its record, never behind it: the walk starts at the last one of `other` that is not behind.
    for (let index = misfit; index < other.count; index += MARK_EVERY) this.#offsets.push((other.#offsets[Math.floor(index / MARK_EVERY)] ?? 0) + shift);
    for (const { index, atMs } of other.#times) this.#markTime(from + index, atMs);
    if (other.#dirtyTo > other.#dirtyFrom) this.#markDirty(from + other.#dirtyFrom, from + other.#dirtyTo);
    this.count += other.count;
    this.unsettled += other.unsettled;
  }

  /** Gives back what it has reserved beyond its records. */
  trim(): void {
    if (this.#spans.length === this.count) return;
    this.#spans = this.#spans.slice(0, this.count);
    this.#state = this.#state.slice(0, this.count);
  }

  has(seq: number): boolean {
    const index = seq - this.firstSeq;
    return index >= 0 && index < this.count && (this.#state[index] !== SETTLED_ON_DISK || this.#spans[index] > 0);
  }

  isUnsettled(seq: number): boolean {
    const index = seq - this.firstSeq;
    return index >= 0 && index < this.count && this.#state[index] === UNSETTLED;
  }

  /** How many spans the unsettled records of the range have. */
  unsettledSpans(fromSeq: number, toSeq: number): number {
    let spans = 0;
    const to = Math.min(toSeq - this.firstSeq, this.count);
    for (let index = Math.max(fromSeq - this.firstSeq, 0); index < to; index++) if (this.#state[index] === UNSETTLED) spans += this.#spans[index];
    return spans;
  }

  /** How many were not settled before. `onDisk`: it is written down already. */
  settle(fromSeq: number, toSeq: number, onDisk = false): number {
    const from = Math.max(fromSeq - this.firstSeq, 0);
    const to = Math.min(toSeq - this.firstSeq, this.count);
    let changed = 0;
    for (let index = from; index < to; index++) {
      if (this.#state[index] !== UNSETTLED) continue;
      this.#state[index] = onDisk ? SETTLED_ON_DISK : SETTLED;
      changed++;
    }
    if (changed > 0 && !onDisk) this.#markDirty(from, to);
    this.unsettled -= changed;
    return changed;
  }

  /** The first unsettled one at or after `seq`. */
  nextUnsettled(seq: number): number | undefined {
    if (this.unsettled === 0) return undefined;
    const first = this.#firstUnsettled();
    const from = Math.max(seq - this.firstSeq, first);
    const index = from === first ? first : this.#find(UNSETTLED, from, this.count);
    return index < 0 || index >= this.count ? undefined : this.firstSeq + index;
  }

  /** Where a record begins that is not behind `seq`; the headers tell how far it is from there. */
  placeBefore(seq: number): number | undefined {
    return this.#offsets[Math.floor((seq - this.firstSeq) / MARK_EVERY)];
  }

  /** When the oldest unsettled record was accepted, Unix ms, to the second. */
  oldestAtMs(): number | undefined {
    if (this.unsettled === 0) return undefined;
    const first = this.#firstUnsettled();
    let low = 0;
    let high = this.#times.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle].index <= first) low = middle;
      else high = middle;
    }
    return this.#times[low]?.atMs;
  }

  /** Settled ranges that are not written down yet; `written` says that they are now. */
  unwritten(): SeqRange[] {
    const ranges: SeqRange[] = [];
    for (let from = this.#dirtyFrom; from < this.#dirtyTo; ) {
      from = this.#find(SETTLED, from, this.#dirtyTo);
      if (from < 0) break;
      let to = from + 1;
      while (to < this.#dirtyTo && this.#state[to] === SETTLED) to++;
      ranges.push({ fromSeq: this.firstSeq + from, toSeq: this.firstSeq + to });
      from = to;
    }
    return ranges;
  }

  written(ranges: readonly SeqRange[]): void {
    for (const { fromSeq, toSeq } of ranges) this.#state.fill(SETTLED_ON_DISK, fromSeq - this.firstSeq, toSeq - this.firstSeq);
    while (this.#dirtyFrom < this.#dirtyTo && this.#state[this.#dirtyFrom] !== SETTLED) this.#dirtyFrom++;
  }

  get dirty(): boolean {
    return this.#dirtyFrom < this.#dirtyTo;
  }

  #firstUnsettled(): number {
    if (this.#state[this.#first] !== UNSETTLED) this.#first = this.#find(UNSETTLED, this.#first, this.count);
    return this.#first;
  }

  /** −1 when there is none before `to`. */
  #find(state: number, from: number, to: number): number {
    const index = this.#state.indexOf(state, from);
    return index < 0 || index >= to ? -1 : index;
  }

  #markDirty(from: number, to: number): void {
    if (this.#dirtyFrom >= this.#dirtyTo) {
      this.#dirtyFrom = from;
      this.#dirtyTo = to;
    } else {
      this.#dirtyFrom = Math.min(this.#dirtyFrom, from);
      this.#dirtyTo = Math.max(this.#dirtyTo, to);
    }
  }

  #markTime(index: number, atMs: number): void {
    const last = this.#times[this.#times.length - 1];
    if (last === undefined || Math.abs(atMs - last.atMs) >= TIME_STEP_MS) this.#times.push({ index, atMs });
  }

  #reserve(records: number): void {
    if (records <= this.#spans.length) return;
    const length = Math.max(records, this.#spans.length * 2);
    const spans = new Uint32Array(length);
    spans.set(this.#spans.subarray(0, this.count));
    const state = new Uint8Array(length);
    state.set(this.#state.subarray(0, this.count));
    this.#spans = spans;
    this.#state = state;
  }
}
