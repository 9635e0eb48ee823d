import { crc32 } from "node:zlib";
import type { WalFile } from "./walFiles.ts";
import { RECORD_HEADER_BYTES, RECORD_MAGIC_BYTES, type RecordHeader, readRecordHeader, recordMarker, SEQ_MAX, sessionAt } from "./walRecord.ts";

const WINDOW_BYTES = 1_048_576;

/**
 * `record`: whole. `damaged`: the header is, the payload is not. `skipped`: bytes that are no record, up to the next header or the end. `torn`: the file ends in
 * the middle of a record. `more`: call `fill` and ask again. `end`: nothing is left.
 */
export type Step = "record" | "damaged" | "skipped" | "torn" | "more" | "end";

/** Walks the records of a segment through a window of it, so that memory does not grow with the file. All places are places in the file. */
export class SegmentReader {
  /** Of the last `record`, `damaged`, or `torn` whose header was whole. */
  readonly header: RecordHeader = { length: 0, spans: 0, seq: 0, atMs: 0, spansBefore: 0, payloadCrc: 0 };
  /** Where that record begins. */
  recordAt = 0;
  /** Whether `header` belongs to what was torn. */
  headerIsWhole = false;
  /** With `skipped` and `torn`: how many bytes. */
  bytes = 0;
  /** Where the walk goes on, and where the file ends for it. */
  position: number;
  end: number;
  /** What records must carry; undefined takes the first whole header's. */
  session: number | undefined;
  #file: WalFile;
  #marker: Buffer;
  #window = Buffer.alloc(0);
  #windowAt = 0;
  #filled = 0;
  #want = RECORD_HEADER_BYTES;
  #skipFrom = -1;

  constructor(file: WalFile, position: number, end: number, session: number | undefined) {
    this.#file = file;
    this.position = position;
    this.end = end;
    this.session = session;
    this.#marker = session === undefined ? RECORD_MAGIC_BYTES : recordMarker(session);
  }

  get file(): WalFile {
    return this.#file;
  }

  /** Of the last record: its payload lies in `window` from here. */
  get payloadAt(): number {
    return this.recordAt + RECORD_HEADER_BYTES;
  }

  copyPayload(recordAt: number, length: number, into: Buffer, at: number): void {
    const from = recordAt + RECORD_HEADER_BYTES - this.#windowAt;
    this.#window.copy(into, at, from, from + length);
  }

  /** How much the window would have to hold to keep what begins at `keepFrom` and to go on. */
  windowNeeded(keepFrom: number): number {
    return this.position - keepFrom + this.#want;
  }

  seek(position: number): void {
    this.position = position;
    this.#skipFrom = -1;
    this.#want = RECORD_HEADER_BYTES;
  }

  step(): Step {
    const left = this.end - this.position;
    if (left <= 0) return this.#skipFrom >= 0 ? this.#skipped() : "end";
    if (left < RECORD_HEADER_BYTES) {
      this.headerIsWhole = false;
      if (this.#skipFrom < 0) return this.#torn(left);
      this.position = this.end;
      return this.#skipped();
    }
    const at = this.position - this.#windowAt;
    if (at < 0 || at + RECORD_HEADER_BYTES > this.#filled) return this.#more(RECORD_HEADER_BYTES);
    if (this.#skipFrom >= 0) return this.#findHeader(at);
    if (!readRecordHeader(this.#window, at, this.session, this.header)) {
      this.#skipFrom = this.position++;
      return this.step();
    }
    this.#adopt(sessionAt(this.#window, at));
    const size = RECORD_HEADER_BYTES + this.header.length;
    this.recordAt = this.position;
    if (size > left) {
      this.headerIsWhole = true;
      return this.#torn(left);
    }
    if (at + size > this.#filled) return this.#more(size);
    this.position += size;
    this.#want = RECORD_HEADER_BYTES;
    const payload = this.#window.subarray(at + RECORD_HEADER_BYTES, at + size);
    return crc32(payload) === this.header.payloadCrc ? "record" : "damaged";
  }

  /** Reads on; what begins at `keepFrom` stays in the window. Where the file turns out to be shorter, `end` is moved. */
  async fill(keepFrom: number = this.position): Promise<void> {
    const inWindow = keepFrom >= this.#windowAt && keepFrom < this.#windowAt + this.#filled;
    const kept = inWindow ? this.#windowAt + this.#filled - keepFrom : 0;
    const needed = Math.max(WINDOW_BYTES, this.position - keepFrom + this.#want);
    let into = this.#window;
    if (into.length < needed) into = Buffer.allocUnsafeSlow(needed > WINDOW_BYTES ? Math.ceil((needed * 1.25) / 4096) * 4096 : needed);
    if (kept > 0) this.#window.copy(into, 0, keepFrom - this.#windowAt, this.#filled);
    this.#window = into;
    this.#windowAt = keepFrom;
    this.#filled = kept;
    const wanted = Math.min(into.length, this.end - keepFrom);
    while (this.#filled < wanted) {
      const read = await this.#file.read(into, this.#filled, wanted - this.#filled, keepFrom + this.#filled);
      if (read <= 0) {
        this.end = keepFrom + this.#filled;
        break;
      }
      this.#filled += read;
    }
  }

  #more(want: number): Step {
    this.#want = want;
    return "more";
  }

  #torn(left: number): Step {
    this.bytes = left;
    this.position = this.end;
    return "torn";
  }

  #skipped(): Step {
    this.bytes = this.position - this.#skipFrom;
    this.#skipFrom = -1;
    return "skipped";
  }

  /** One search over what the window holds: the work is bounded by its size, and the caller reads, and so yields, in between. */
  #findHeader(at: number): Step {
    for (let from = at; ; ) {
      const found = this.#window.subarray(0, this.#filled).indexOf(this.#marker, from);
      if (found < 0) {
        this.position = this.#windowAt + Math.max(at, this.#filled - this.#marker.length + 1);
        break;
      }
      this.position = this.#windowAt + found;
      if (found + RECORD_HEADER_BYTES > this.#filled) break;
      if (readRecordHeader(this.#window, found, this.session, this.header)) return this.#skipped();
      from = found + 1;
      this.position++;
    }
    if (this.end - this.position < RECORD_HEADER_BYTES) {
      this.position = this.end;
      return this.#skipped();
    }
    return this.#more(RECORD_HEADER_BYTES);
  }

  #adopt(session: number): void {
    if (this.session !== undefined) return;
    this.session = session;
    this.#marker = recordMarker(session);
  }
}

/** Whether two places in the order of sequence numbers with so many bytes between them can belong together. */
export function gapIsPossible(fromSeq: number, toSeq: number, bytesBetween: number): boolean {
  return toSeq < SEQ_MAX && toSeq >= fromSeq && (toSeq - fromSeq) * RECORD_HEADER_BYTES <= bytesBetween;
}
