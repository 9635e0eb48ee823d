import { RecordTable } from "./recordTable.ts";
import { RECORD_HEADER_BYTES, writeRecordHeader } from "./walRecord.ts";

/** What is written in one go at most; a larger record has a slot of its own. */
export const SLOT_BYTES = 4_194_304;
export const SLOTS = 3;

export type Slot = {
  buffer: Buffer;
  used: number;
  readonly table: RecordTable;
  /** Spans of the session before its first record. */
  spansBefore: number;
  /** Being written, or tried before: nothing is added to it. */
  sealed: boolean;
  /** Who waits for it has been told that it is not safe. */
  failed: boolean;
  waiting: PromiseWithResolvers<boolean> | undefined;
};

/** Records between `append` and the disk: at most three slots of 4 MiB, one of which may be larger for a single large record. Written in order, each in one go. */
export class Staging {
  /** A slot holds no more than this, so that segments of a small log stay small. */
  slotBytes = SLOT_BYTES;
  bytes = 0;
  records = 0;
  #slots: Slot[] = [];
  readonly #spare: Slot[] = [];

  get slots(): readonly Slot[] {
    return this.#slots;
  }

  get first(): Slot | undefined {
    return this.#slots[0];
  }

  get last(): Slot | undefined {
    return this.#slots[this.#slots.length - 1];
  }

  /** Enough is written to go on after there was no room. */
  get isRoomy(): boolean {
    return this.#slots.length < SLOTS - 1;
  }

  hasRoom(size: number): boolean {
    if (this.#fits(size) !== undefined) return true;
    return this.#slots.length < SLOTS && (size <= SLOT_BYTES || this.#slots.every(({ buffer }) => buffer.length <= SLOT_BYTES));
  }

  add(seq: number, atMs: number, spans: number, spansBefore: number, session: number, payload: Buffer, start: number, end: number): void {
    const length = end - start;
    const size = RECORD_HEADER_BYTES + length;
    const slot = this.#fits(size) ?? this.#open(seq, spansBefore, size);
    payload.copy(slot.buffer, slot.used + RECORD_HEADER_BYTES, start, end);
    writeRecordHeader(slot.buffer, slot.used, session, { length, spans, seq, atMs, spansBefore });
    slot.table.add(spans, atMs, slot.used);
    slot.used += size;
    this.bytes += size;
    this.records++;
  }

  /** The first slot is on the disk, or nobody needs it any more. */
  shift(): void {
    const slot = this.#slots.shift();
    if (slot === undefined) return;
    this.bytes -= slot.used;
    this.records -= slot.table.count;
    slot.waiting?.resolve(true);
    if (slot.buffer.length !== SLOT_BYTES) return;
    slot.used = 0;
    slot.sealed = false;
    slot.failed = false;
    slot.waiting = undefined;
    this.#spare.push(slot);
  }

  get hasSpare(): boolean {
    return this.#spare.length > 0;
  }

  /** Gives the memory back that is not in use; there are never more than `SLOTS` of the usual size. */
  releaseSpare(): void {
    this.#spare.length = 0;
  }

  /** Tells everybody who waits that what was appended is not safe; it stays here. */
  fail(): void {
    for (const slot of this.#slots) {
      slot.failed = true;
      slot.sealed = true;
      slot.waiting?.resolve(false);
    }
  }

  safe(): Promise<boolean> | undefined {
    const slot = this.last;
    if (slot === undefined) return undefined;
    if (slot.failed) return Promise.resolve(false);
    slot.waiting ??= Promise.withResolvers<boolean>();
    return slot.waiting.promise;
  }

  #fits(size: number): Slot | undefined {
    const last = this.last;
    return last !== undefined && !last.sealed && last.used + size <= Math.min(this.slotBytes, last.buffer.length) ? last : undefined;
  }

  #open(seq: number, spansBefore: number, size: number): Slot {
    let slot = size <= SLOT_BYTES ? this.#spare.pop() : undefined;
    slot ??= {
      buffer: Buffer.allocUnsafeSlow(Math.max(size, SLOT_BYTES)),
      used: 0,
      table: new RecordTable(seq),
      spansBefore,
      sealed: false,
      failed: false,
      waiting: undefined,
    };
    slot.table.reset(seq);
    slot.spansBefore = spansBefore;
    this.#slots.push(slot);
    return slot;
  }
}
