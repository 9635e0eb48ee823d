import { block, END_HEADERS, END_STREAM, frame, setting, uint32 } from "#collector/http2/frameTestData.ts";
import { FRAME } from "#collector/http2/http2.ts";

export type Random = (below: number) => number;
/** What a call ends with when nothing is changed: its kind, and its gRPC status where it has one. */
export type Expected = [kind: string, status?: string];

/** What a server says to calls on the streams 1, 3, … up to `calls` of them, in any order, its settings first. */
export function serverBytes(random: Random, calls: number): { bytes: Buffer; expected: Expected[] } {
  const scripts: Buffer[][] = [];
  const expected: Expected[] = [];
  for (let at = 0; at < calls; at++) {
    const { frames, end } = script(random, 2 * at + 1);
    scripts.push(frames);
    expected.push(end);
  }
  const parts: Buffer[] = [];
  for (let open = scripts.filter(({ length }) => length > 0); open.length > 0; open = open.filter(({ length }) => length > 0)) {
    if (random(4) === 0) parts.push(aside(random, calls));
    const next = open[random(open.length)].shift() ?? [];
    parts.push(Buffer.from(next));
  }
  return { bytes: Buffer.concat(parts), expected };
}

/** Of a server that breaks the rules somewhere. */
export function broken(random: Random, bytes: Buffer): Buffer {
  const wild = Buffer.from(bytes);
  for (let changes = 1 + random(4); changes > 0 && wild.length > 0; changes--)
    wild[random(wild.length)] = random(3) === 0 ? random(256) : wild[random(wild.length)];
  const cut = wild.subarray(0, random(5) === 0 ? random(wild.length + 1) : wild.length);
  if (random(3) > 0) return cut;
  const id = random(12);
  return Buffer.concat([cut, frame(random(12), random(256), id, Buffer.alloc([0, 4, 5, 6, 8, 20][random(6)], random(256))), bytes]);
}

function script(random: Random, id: number): { frames: Buffer[]; end: Expected } {
  const frames: Buffer[] = [];
  if (random(8) === 0) frames.push(headers(random, id, [[":status", "103"]], 0));
  const status = ["0", "0", "0", "3", "14"][random(5)];
  switch (random(8)) {
    case 0:
      return { frames, end: ["closed"] };
    case 1:
      frames.push(frame(FRAME.rstStream, 0, id, uint32(random(14))));
      return { frames, end: ["failed"] };
    case 2:
      frames.push(
        headers(
          random,
          id,
          [
            [":status", "200"],
            ["grpc-status", status],
            ["grpc-message", "a%20b"],
          ],
          END_STREAM,
        ),
      );
      return { frames, end: ["answered", status] };
    case 3: {
      const length = random(40);
      frames.push(
        headers(
          random,
          id,
          [
            [":status", "503"],
            ["content-length", String(length)],
          ],
          0,
        ),
        frame(FRAME.data, END_STREAM, id, Buffer.alloc(length, 65)),
      );
      return { frames, end: ["answered"] };
    }
    default:
      frames.push(
        headers(
          random,
          id,
          [
            [":status", "200"],
            ["content-type", "application/grpc"],
          ],
          0,
        ),
      );
      for (let left = random(3); left >= 0; left--) {
        const padding = random(3) === 0 ? random(6) : -1;
        const body = Buffer.alloc(random(30));
        frames.push(frame(FRAME.data, padding < 0 ? 0 : 8, id, padding < 0 ? body : Buffer.concat([Buffer.from([padding]), body, Buffer.alloc(padding)])));
      }
      frames.push(
        headers(
          random,
          id,
          [
            ["grpc-status", status],
            ["x", "y"],
          ],
          END_STREAM,
        ),
      );
      return { frames, end: ["answered", status] };
  }
}

function headers(random: Random, id: number, fields: [string, string][], flags: number): Buffer {
  const bytes = block(...fields);
  // Some enter the table, which goes for all that comes after.
  if (random(3) === 0) bytes[0] = 0x40;
  if (random(4) > 0) return frame(FRAME.headers, END_HEADERS | flags, id, bytes);
  const cut = random(bytes.length + 1);
  return Buffer.concat([frame(FRAME.headers, flags, id, bytes.subarray(0, cut)), frame(FRAME.continuation, END_HEADERS, id, bytes.subarray(cut))]);
}

function aside(random: Random, calls: number): Buffer {
  switch (random(6)) {
    case 0:
      return frame(FRAME.settings, 0, 0, Buffer.concat([setting(4, random(100_000)), setting(5, 16_384 + random(100_000)), setting(1, random(5_000))]));
    case 1:
      return frame(FRAME.ping, random(2), 0, Buffer.alloc(8, random(256)));
    case 2:
      return frame(FRAME.windowUpdate, 0, random(2) * (2 * random(calls) + 1), uint32(1 + random(50_000)));
    case 3:
      return frame(0xe0 + random(16), random(256), random(9), Buffer.alloc(random(30)));
    case 4:
      return frame(FRAME.priority, 0, 1, Buffer.alloc(5));
    default:
      return frame(FRAME.settings, 1, 0);
  }
}
