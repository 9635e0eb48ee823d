import { BATCH_HEADROOM } from "../batch.ts";
import { SegmentReader } from "./segmentReader.ts";
import type { Segment, SegmentStore } from "./segmentStore.ts";
import type { Slot } from "./staging.ts";
import type { WalFiles } from "./walFiles.ts";
import { RECORD_HEADER_BYTES, type RecordHeader, readRecordHeader, SEGMENT_HEADER_BYTES } from "./walRecord.ts";

/** However much was asked for, a batch is not larger than this unless its first record is. */
const WINDOW_MAX = 16_777_216;

/** No record from `before` on. `take` gives the buffer, of at least so many bytes; else each batch has a new one. */
export type LoadLimits = { spansMax: number; bytesMax: number; before?: number; take?: (bytes: number) => Buffer };

export type LoadedBatch = {
  buffer: Buffer;
  end: number;
  spans: number;
  /** Every record of [fromSeq, toSeq) that was unsettled is in the batch, or was reported as lost. */
  fromSeq: number;
  toSeq: number;
  /** Of its first record. */
  acceptedAtMs: number;
  records: number;
};

/** Records that the disk holds no more as they were written. */
type Lose = (segment: Segment, fromSeq: number, toSeq: number) => void;
type Open = { segment: Segment; reader: SegmentReader; nextSeq: number };

/** Reads batches back, a window of a segment at a time; one call at a time. It keeps the segment that it reads open, and its place in it. */
export class BatchLoader {
  readonly #files: WalFiles;
  readonly #store: SegmentStore;
  readonly #lose: Lose;
  #open: Open | undefined;
  readonly #places: number[] = [];
  readonly #lengths: number[] = [];

  constructor(files: WalFiles, store: SegmentStore, lose: Lose) {
    this.#files = files;
    this.#store = store;
    this.#lose = lose;
  }

  /** `fromSeq` is unsettled and in `segment`. Without a batch everything before `nextSeq` turned out to be settled or lost. Rejects with errors of the disk. */
  async load(segment: Segment, fromSeq: number, untilSeq: number, limits: LoadLimits): Promise<{ batch: LoadedBatch | undefined; nextSeq: number }> {
    const open = await this.#openAt(segment, fromSeq);
    const { reader } = open;
    const { header } = reader;
    // Both in one tick: a write that ends meanwhile must not make the table know more than the reader may see.
    reader.end = segment.bytes;
    const endSeq = Math.min(untilSeq, segment.table.endSeq);
    const places = this.#places;
    const lengths = this.#lengths;
    places.length = 0;
    lengths.length = 0;
    let nextSeq = fromSeq;
    let spans = 0;
    let bytes = 0;
    let first = fromSeq;
    let acceptedAtMs = 0;
    const lose = (toSeq: number) => {
      if (toSeq > nextSeq) this.#lose(segment, nextSeq, toSeq);
      nextSeq = Math.max(nextSeq, toSeq);
    };
    for (;;) {
      const step = reader.step();
      if (step === "more") {
        if (places.length > 0 && reader.windowNeeded(places[0]) > WINDOW_MAX) break;
        try {
          await reader.fill(places.length > 0 ? places[0] : reader.position);
        } catch (error) {
          if (places.length === 0) throw error;
          break;
        }
        continue;
      }
      if (step === "skipped") continue;
      if (step === "end" || step === "torn") {
        if (places.length === 0) lose(endSeq);
        break;
      }
      const { seq, length } = header;
      if (seq < nextSeq) continue;
      if (seq >= endSeq) {
        reader.seek(reader.recordAt);
        lose(endSeq);
        break;
      }
      if (places.length > 0 && (spans + header.spans > limits.spansMax || bytes + length > limits.bytesMax)) {
        reader.seek(reader.recordAt);
        break;
      }
      lose(step === "damaged" ? seq + 1 : seq);
      nextSeq = seq + 1;
      if (step === "damaged" || !segment.table.isUnsettled(seq)) continue;
      if (places.length === 0) {
        first = seq;
        acceptedAtMs = header.atMs;
      }
      places.push(reader.recordAt);
      lengths.push(length);
      spans += header.spans;
      bytes += length;
    }
    open.nextSeq = nextSeq;
    if (places.length === 0) return { batch: undefined, nextSeq };
    const buffer = newBuffer(limits, bytes);
    let end = BATCH_HEADROOM;
    for (let i = 0; i < places.length; i++) {
      reader.copyPayload(places[i], lengths[i], buffer, end);
      end += lengths[i];
    }
    return { batch: { buffer, end, spans, fromSeq: first, toSeq: nextSeq, acceptedAtMs, records: places.length }, nextSeq };
  }

  get segment(): Segment | undefined {
    return this.#open?.segment;
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.reader.file.close();
  }

  async #openAt(segment: Segment, seq: number): Promise<Open> {
    if (this.#open?.segment !== segment) {
      await this.close();
      const file = await this.#files.openToRead(this.#store.pathOf(segment));
      this.#open = { segment, reader: new SegmentReader(file, SEGMENT_HEADER_BYTES, segment.bytes, segment.session), nextSeq: Number.POSITIVE_INFINITY };
    }
    const open = this.#open;
    const place = segment.table.placeBefore(seq) ?? SEGMENT_HEADER_BYTES;
    if (open.nextSeq > seq || place > open.reader.position) open.reader.seek(place);
    return open;
  }
}

/** The same from records that are not on the disk yet. */
export function loadFromSlot(slot: Slot, fromSeq: number, untilSeq: number, limits: LoadLimits): LoadedBatch | undefined {
  const header: RecordHeader = { length: 0, spans: 0, seq: 0, atMs: 0, spansBefore: 0, payloadCrc: 0 };
  const places: number[] = [];
  let spans = 0;
  let bytes = 0;
  let first = fromSeq;
  let nextSeq = fromSeq;
  let acceptedAtMs = 0;
  for (let at = 0; at < slot.used; at += RECORD_HEADER_BYTES + header.length) {
    if (!readRecordHeader(slot.buffer, at, undefined, header)) throw new Error("a record in memory has no header");
    if (header.seq >= untilSeq) break;
    if (header.seq < fromSeq || !slot.table.isUnsettled(header.seq)) continue;
    if (places.length > 0 && (spans + header.spans > limits.spansMax || bytes + header.length > limits.bytesMax)) break;
    if (places.length === 0) {
      first = header.seq;
      acceptedAtMs = header.atMs;
    }
    places.push(at);
    spans += header.spans;
    bytes += header.length;
    nextSeq = header.seq + 1;
  }
  if (places.length === 0) return undefined;
  const buffer = newBuffer(limits, bytes);
  let end = BATCH_HEADROOM;
  for (const at of places) {
    const payloadAt = at + RECORD_HEADER_BYTES;
    end += slot.buffer.copy(buffer, end, payloadAt, payloadAt + slot.buffer.readUInt32LE(at + 8));
  }
  return { buffer, end, spans, fromSeq: first, toSeq: nextSeq, acceptedAtMs, records: places.length };
}

function newBuffer({ take }: LoadLimits, payloadBytes: number): Buffer {
  const bytes = BATCH_HEADROOM + payloadBytes;
  return take?.(bytes) ?? Buffer.allocUnsafeSlow(bytes);
}
