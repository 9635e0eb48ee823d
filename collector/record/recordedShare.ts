/** The same on every collector and thread, so that a trace is recorded wherever its spans come. Other than the shadow's and the shards': each chooses among all traces. */
const SEED = 0x2ec02d;
const WORDS = 4_294_967_296;
/** Spans without a trace id belong to no trace: they are recorded only where everything is. */
export const NO_TRACE_HASH = -1;

/**
 * 32 bits of the four words of a trace id. The traces that are recorded are those with the lowest, taken as 0 to 2^32 − 1. Two multiplications in a row instead of hashTraceId's four: every
 * span that comes pays for it (bench: record). The mixing is MurmurHash3's (fmix32).
 */
export function recordingHash(a: number, b: number, c: number, d: number): number {
  if ((a | b | c | d) === 0) return NO_TRACE_HASH;
  let hash = (Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca77) + Math.imul(c, 0xc2b2ae3d) + d) ^ SEED;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Whether a trace with this hash is recorded at that share; of what was recorded at a higher share, a lower one takes these. */
export function isWithinShare(hash: number, share: number): boolean {
  return (hash & shareMask(share)) === 0;
}

/** The bits of a hash that are 0 in all traces of a share, which is a power of two: the way to ask for many. */
export function shareMask(share: number): number {
  return share >= 1 ? 0 : ~(share * WORDS - 1) | 0;
}
