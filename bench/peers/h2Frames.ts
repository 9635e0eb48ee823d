/** The little of HTTP/2 (RFC 9113) that both ends of the bench need: frames, and header blocks without tables, so that a block can be read by looking for bytes. */
export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
export const END_STREAM = 1;
export const END_HEADERS = 4;
export const ACK = 1;
export const SETTING = { headerTableSize: 1, enablePush: 2, initialWindowSize: 4 } as const;
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
export const FRAME_HEAD = 9;
export const FRAME_BYTES_MAX = 16_384;
export const WINDOW_DEFAULT = 65_535;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(FRAME_HEAD + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  bytes.set(payload, FRAME_HEAD);
  return bytes;
}

export function settings(pairs: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6);
  for (const [at, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, at * 6);
    payload.writeUInt32BE(value, at * 6 + 2);
  }
  return frame(FRAME.settings, 0, 0, payload);
}

export function windowUpdate(stream: number, bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frame(FRAME.windowUpdate, 0, stream, payload);
}

/** RFC 7541 §6.2.2, literal without indexing; `index` names a header of the static table, 0 that the name stands here. Values up to 126 bytes. */
export function literal(index: number, value: string, name = ""): Buffer {
  const head = index === 0 ? [0, name.length] : index < 15 ? [index] : [15, index - 15];
  return Buffer.concat([Buffer.from(head), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);
}

const STATUS_NAMES = [Buffer.from("grpc-status"), Buffer.from("9acac8b21234da8f", "hex")];

/** Whether a header block has `grpc-status: 0`, each of name and value as text or with Huffman's code (RFC 7541 §5.2, appendix B). */
export function saysOk(block: Buffer): boolean {
  for (const name of STATUS_NAMES) {
    const at = block.indexOf(name);
    if (at < 0) continue;
    const value = at + name.length;
    return (block[value] === 1 && block[value + 1] === 0x30) || (block[value] === 0x81 && block[value + 1] === 0x07);
  }
  return false;
}

export type OnFrame = (type: number, flags: number, stream: number, payload: Buffer) => void;

/** Cuts what arrives into frames; a payload is only good until `onFrame` returns. */
export class FrameReader {
  readonly #onFrame: OnFrame;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= FRAME_HEAD) {
      const end = at + FRAME_HEAD + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      this.#onFrame(bytes[at + 3], bytes[at + 4], bytes.readUInt32BE(at + 5) & 0x7fffffff, bytes.subarray(at + FRAME_HEAD, end));
      at = end;
    }
    this.#rest = bytes.subarray(at);
  }
}
