/** A storage tier: data stays in it until it is so old. Tiers go from the youngest data to the oldest, so their ages rise. */
export type AgeTier = { name: string; untilDays: number };

export type HeldByTier = { name: string; days: number; bytes: number };

/**
 * What lies in each tier once the oldest data has reached its end, when `bytesPerDay` come in evenly and data MOVES: a byte is in one tier at a time, from the age at
 * which the tier before ends until the age at which its own does. Throws RangeError where ages do not rise.
 */
export function heldWhenMoved(bytesPerDay: number, tiers: readonly AgeTier[]): HeldByTier[] {
  let from = 0;
  return tiers.map(({ name, untilDays }) => {
    if (!(untilDays > from)) throw new RangeError(`${name} ends at ${untilDays} days, where the tier before it does at ${from}`);
    const days = untilDays - from;
    from = untilDays;
    return { name, days, bytes: bytesPerDay * days };
  });
}

/** The same where data is COPIED into each tier and kept in all of them until each one's end: a byte is counted in several at once. */
export function heldWhenCopied(bytesPerDay: number, tiers: readonly AgeTier[]): HeldByTier[] {
  return tiers.map(({ name, untilDays }) => ({ name, days: untilDays, bytes: bytesPerDay * untilDays }));
}
