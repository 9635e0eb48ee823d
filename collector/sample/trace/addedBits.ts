/**
 * Which comparisons a span was the first of its trace to fulfil, in one int: the bits themselves where a policy has up to 32 comparisons, else the numbers
 * of the first three (nine bits each, from 1).
 */
export function addedBit(added: number, words: number, bit: number): number {
  if (words === 1) return added | (1 << bit);
  if ((added & 0x1ff) === 0) return bit + 1;
  if ((added & (0x1ff << 9)) === 0) return added | ((bit + 1) << 9);
  return (added & (0x1ff << 18)) === 0 ? added | ((bit + 1) << 18) : added;
}

/** Calls `visit` with each comparison that `addedBit` put in and `wanted` (a mask of words, from `at`) asks for. */
export function forEachAdded(added: number, words: number, wanted: Int32Array, at: number, visit: (bit: number) => void): void {
  if (words === 1) {
    for (let rest = added & wanted[at]; rest !== 0; rest &= rest - 1) visit(31 - Math.clz32(rest & -rest));
    return;
  }
  for (let rest = added; rest !== 0; rest >>>= 9) {
    const bit = (rest & 0x1ff) - 1;
    if ((wanted[at + (bit >> 5)] & (1 << (bit & 31))) !== 0) visit(bit);
  }
}
