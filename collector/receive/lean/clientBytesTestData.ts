import { block, frame, setting, uint32 } from "../../http2/frameTestData.ts";
import { FRAME, PREFACE } from "../../http2/http2.ts";
import { GRPC, PSEUDO } from "./leanTestData.ts";

export type Random = (below: number) => number;

/** What a client says on one connection. A wild one says some of it at the wrong time or with wrong numbers, and then has some bytes changed; a tame one resets streams at most. */
export function clientBytes(random: Random, isWild: boolean, resets = true): Buffer {
  const number = () => (isWild && random(3) === 0 ? [0, 0x7fffffff, 0x80000000, 0xffffffff][random(4)] : [1, 5, 100, 16_384, 65_535][random(5)]);
  const settings = () => Array.from({ length: random(4) }, () => (isWild ? setting(random(8), number()) : setting(4, random(3) === 0 ? 0 : number())));
  const parts: Buffer[] = isWild && random(50) === 0 ? [] : [PREFACE];
  if (!isWild || random(50) !== 0) parts.push(frame(FRAME.settings, 0, 0, Buffer.concat(settings())));
  let next = 1;
  let open: number[] = [];
  const some = () => (isWild && random(8) === 0 ? random(next + 4) : (open[random(open.length || 1)] ?? 0));
  for (let left = random(30); left > 0; left--) {
    const id = some();
    const endStream = random(3) === 0 ? 1 : 0;
    switch (id === 0 && !isWild ? random(7) - 3 : random(10)) {
      case 0:
      case 1:
      case 2: {
        const { frames, hasEnded } = headers(random, next, isWild);
        parts.push(...frames);
        if (!hasEnded) open.push(next);
        next += 2;
        break;
      }
      case 3:
        parts.push(frame(FRAME.ping, isWild ? random(2) : 0, 0, Buffer.alloc(8, random(256))));
        break;
      case 4:
      case 5:
      case 6: {
        const padding = random(4) === 0 ? random(9) : -1;
        const body = Buffer.alloc(random(5) === 0 ? random(16_000) : random(40), random(256));
        const payload = padding < 0 ? body : Buffer.concat([Buffer.from([padding]), body, Buffer.alloc(padding)]);
        parts.push(frame(FRAME.data, (padding < 0 ? 0 : 8) | endStream, id, payload));
        if (endStream) open = open.filter((one) => one !== id);
        break;
      }
      case 7:
        parts.push(frame(FRAME.windowUpdate, 0, random(2) * id, uint32(number())));
        break;
      case 8:
        if (!resets) break;
        parts.push(frame(FRAME.rstStream, 0, id, uint32(random(14))));
        open = open.filter((one) => one !== id);
        break;
      case 9:
        if (isWild) parts.push(frame(random(14), random(256), random(2) * id, Buffer.alloc(random(12), random(256))));
        else parts.push(frame(FRAME.priority, 0, id, Buffer.concat([uint32(id + 2), Buffer.from([16])])));
        break;
      default:
        parts.push(frame(FRAME.settings, 0, 0, Buffer.concat(settings())));
    }
  }
  const bytes = Buffer.concat(parts);
  if (!isWild || bytes.length === 0 || random(2) === 0) return bytes;
  for (let changes = 1 + random(3); changes > 0; changes--) bytes[random(bytes.length)] = random(4) === 0 ? random(256) : bytes[random(bytes.length)];
  return random(8) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

function headers(random: Random, id: number, isWild: boolean): { frames: Buffer[]; hasEnded: boolean } {
  const fields = [...(random(3) === 0 ? PSEUDO : GRPC)];
  if (isWild && random(5) === 0) fields.splice(random(fields.length), 1);
  if (isWild && random(4) === 0) fields.push([["x", "content-length", ":path", "te", "authorization"][random(5)], ["1", "trailers", " ", "40"][random(4)]]);
  const bytes = isWild && random(12) === 0 ? Buffer.from(Array.from({ length: random(30) }, () => random(256))) : block(...fields);
  // Some of them enter the table.
  if (random(3) === 0 && bytes[0] === 0) bytes[0] = 0x40;
  const endStream = random(4) === 0 ? 1 : 0;
  const cut = random(bytes.length + 1);
  const frames =
    random(4) !== 0
      ? [frame(FRAME.headers, 4 | endStream, id, bytes)]
      : [frame(FRAME.headers, endStream, id, bytes.subarray(0, cut)), frame(FRAME.continuation, 4, id, bytes.subarray(cut))];
  return { frames, hasEnded: endStream === 1 };
}
