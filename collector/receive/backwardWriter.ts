/**
 * Writes protobuf from the end to the front: a nested message is written before its length, so every length prefix is exact without a second pass.
 * Fields therefore have to be given last to first.
 */
export class BackwardWriter {
  #buffer: Buffer;
  #at: number;

  constructor(bytes: number) {
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(64, bytes));
    this.#at = this.#buffer.length;
  }

  /** A position to give to `message` once all of the message's fields are written. */
  mark(): number {
    return this.#buffer.length - this.#at;
  }

  /** Closes a length-delimited field whose content is everything written since `mark`. */
  message(field: number, mark: number): void {
    this.#varint(this.mark() - mark);
    this.#tag(field, 2);
  }

  text(field: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.#reserve(length);
    this.#at -= length;
    this.#buffer.write(value, this.#at, length, "utf8");
    this.#varint(length);
    this.#tag(field, 2);
  }

  bytes(field: number, value: Uint8Array): void {
    this.#reserve(value.length);
    this.#at -= value.length;
    this.#buffer.set(value, this.#at);
    this.#varint(value.length);
    this.#tag(field, 2);
  }

  uint32(field: number, value: number): void {
    this.#varint(value);
    this.#tag(field, 0);
  }

  /** Two's complement for negative values, as int64 demands. */
  int64(field: number, value: bigint): void {
    this.varint64(value);
    this.#tag(field, 0);
  }

  /** A varint without a tag: one of a packed list, whose last comes first. */
  varint64(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    const bytes: number[] = [];
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    this.#reserve(bytes.length);
    this.#at -= bytes.length;
    this.#buffer.set(bytes, this.#at);
  }

  fixed64(field: number, value: bigint): void {
    this.#reserve(8);
    this.#at -= 8;
    this.#buffer.writeBigUInt64LE(value, this.#at);
    this.#tag(field, 1);
  }

  fixed32(field: number, value: number): void {
    this.#reserve(4);
    this.#at -= 4;
    this.#buffer.writeUInt32LE(value, this.#at);
    this.#tag(field, 5);
  }

  double(field: number, value: number): void {
    this.#reserve(8);
    this.#at -= 8;
    this.#buffer.writeDoubleLE(value, this.#at);
    this.#tag(field, 1);
  }

  finish(): Buffer {
    return this.#buffer.subarray(this.#at);
  }

  #tag(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType);
  }

  #varint(value: number): void {
    const length = value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
    this.#reserve(length);
    this.#at -= length;
    let at = this.#at;
    let rest = value;
    for (let i = 1; i < length; i++) {
      this.#buffer[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#buffer[at] = rest;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#at) return;
    const written = this.mark();
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, written + bytes));
    this.#buffer.copy(larger, larger.length - written, this.#at);
    this.#buffer = larger;
    this.#at = larger.length - written;
  }
}
