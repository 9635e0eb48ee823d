import { traceIdHash } from "../otlp/traceIdHash.ts";

const WORDS = 4_294_967_296;
/** Spans without a trace id belong to no trace: they are recorded only where everything is. */
export const NO_TRACE_HASH = -1;

/**
 * 32 bits of the four words of a trace id, the same on every collector and thread, so that a trace is recorded wherever its spans come; other than the shadow's and the shards' hash: each
 * chooses among all traces. The traces that are recorded are those with the lowest, taken as 0 to 2^32 − 1.
 */
export function recordingHash(a: number, b: number, c: number, d: number): number {
  return traceIdHash(a, b, c, d);
}

/** Whether a trace with this hash is recorded at that share; of what was recorded at a higher share, a lower one takes these. */
export function isWithinShare(hash: number, share: number): boolean {
  return (hash & shareMask(share)) === 0;
}

/** The bits of a hash that are 0 in all traces of a share, which is a power of two: the way to ask for many. */
export function shareMask(share: number): number {
  return share >= 1 ? 0 : ~(share * WORDS - 1) | 0;
}
