import { FRAME_HEADER_BYTES } from "./http2.ts";

export function frame(type: number, flags: number, id: number, payload: Buffer | number[] = []): Buffer {
  const bytes = Buffer.from(payload);
  const head = Buffer.alloc(FRAME_HEADER_BYTES);
  head.writeUIntBE(bytes.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, bytes]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([0, id]), uint32(value)]);
}

/** Literals that leave the table alone, of up to 126 bytes each. */
export function block(...fields: [name: string, value: string][]): Buffer {
  return Buffer.concat(
    fields.map(([name, value]) => Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)])),
  );
}

export const END_HEADERS = 4;
export const END_STREAM = 1;

export type Frame = { type: number; flags: number; id: number; payload: Buffer };

/** Throws when the bytes are not whole frames. */
export function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < FRAME_HEADER_BYTES) throw new Error("a frame's header is cut off");
    const length = bytes.readUIntBE(at, 3);
    const next = at + FRAME_HEADER_BYTES + length;
    if (next > bytes.length) throw new Error("a frame is cut off");
    frames.push({ type: bytes[at + 3], flags: bytes[at + 4], id: bytes.readUInt32BE(at + 5), payload: bytes.subarray(at + FRAME_HEADER_BYTES, next) });
    at = next;
  }
  return frames;
}
