import type { Random } from "./random.ts";

/** Bytes that break readers: ends of varints, tags of every wire type, group ends, lengths that lie, and what is no UTF-8. */
const INTERESTING = [0x00, 0x01, 0x07, 0x08, 0x0a, 0x0b, 0x0c, 0x10, 0x12, 0x13, 0x14, 0x1a, 0x22, 0x7a, 0x7f, 0x80, 0x85, 0xc0, 0xed, 0xf5, 0xff];

/** A few random changes: bits, bytes, pieces cut out, doubled, moved or taken from another input, and lengths that lie. */
export function mutate(bytes: Buffer, other: Buffer, random: Random): Buffer {
  let out: Buffer = Buffer.from(bytes);
  for (let times = 1 + random(4); times > 0 && out.length > 0; times--) {
    const at = random(out.length);
    const length = 1 + random(Math.min(64, out.length - at));
    switch (random(9)) {
      case 0:
        out[at] ^= 1 << random(8);
        break;
      case 1:
        out[at] = INTERESTING[random(INTERESTING.length)];
        break;
      case 2:
        out = out.subarray(0, at);
        break;
      case 3:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
        break;
      case 4:
        out = Buffer.concat([out.subarray(0, at + length), out.subarray(at)]);
        break;
      case 5:
        out = Buffer.concat([out.subarray(0, at), Buffer.from(Array.from({ length: 1 + random(8) }, () => random(256))), out.subarray(at)]);
        break;
      case 6:
        // A length or tag by one or a few off.
        out[at] = out[at] + random(5) - 2;
        break;
      case 7: {
        const from = random(other.length + 1);
        out = Buffer.concat([out.subarray(0, at), other.subarray(from, from + length), out.subarray(random(2) === 0 ? at : Math.min(out.length, at + length))]);
        break;
      }
      default:
        out.fill(random(2) === 0 ? 0xff : 0x80, at, at + Math.min(length, 11));
    }
  }
  return out;
}
