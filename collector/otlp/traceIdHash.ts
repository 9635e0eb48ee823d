const SEED = 0x2ec02d;
/** Makes it −1 for an id of zeros, which is none. */
const FLIP = 0xc4e548b4;

/**
 * 32 bits of the four words of a trace id, by which it is chosen what is recorded; the same everywhere. Two multiplications in a row instead of hashTraceId's four, as every span pays for
 * it. The mixing is MurmurHash3's (fmix32).
 */
export function traceIdHash(a: number, b: number, c: number, d: number): number {
  let hash = (Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca77) + Math.imul(c, 0xc2b2ae3d) + d) ^ SEED;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16) ^ FLIP;
}
