/**
 * A hash of the four words of a trace id. Ids come from anybody: without the seed, which is drawn anew for every process, somebody could send ids that all
 * fall into one place.
 */
export function hashTraceId(a: number, b: number, c: number, d: number, seed: number): number {
  let hash = Math.imul(d ^ seed, 0x9e3779b1);
  hash = Math.imul((hash ^ (hash >>> 15)) + c, 0x85ebca77);
  hash = Math.imul((hash ^ (hash >>> 13)) + b, 0xc2b2ae3d);
  hash = Math.imul((hash ^ (hash >>> 16)) + a, 0x27d4eb2f);
  return hash ^ (hash >>> 15);
}
