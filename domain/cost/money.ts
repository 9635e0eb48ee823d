/**
 * Amounts of money are whole numbers of micro-units, millionths of a unit of currency, so that they add up exactly: the safe integers reach to 9 billion units.
 * Prices are whole numbers of nano-units, for a single request may cost less than a millionth.
 */
export const NANO_PER_MICRO = 1000;

/** To the nearest whole micro-unit, halves away from zero. Throws RangeError where that is no safe integer: an amount that can't be kept exactly is no amount. */
export function roundMicro(micro: number): number {
  const rounded = Math.sign(micro) * Math.round(Math.abs(micro));
  if (!Number.isSafeInteger(rounded)) throw new RangeError(`${micro} micro-units are more than can be counted exactly`);
  // Not -0, which compares otherwise.
  return rounded + 0;
}

/** The exact sum of whole micro-units. Throws RangeError where it is no safe integer. */
export function sumMicro(amounts: Iterable<number>): number {
  let sum = 0;
  for (const micro of amounts) {
    sum += micro;
    if (!Number.isSafeInteger(sum)) throw new RangeError("the amounts add up to more than can be counted exactly");
  }
  return sum;
}

/**
 * `total` in whole micro-units by weights, by the largest remainder (Hamilton's rule): the parts add up to `total` exactly, and none is a whole unit away from its
 * exact share. Of equal remainders the earlier part gets more. Weights are finite and 0 or more; where all are 0, everything falls to the last part. `total` may be
 * negative. Throws RangeError for other weights, or for none.
 */
export function apportion(total: number, weights: readonly number[]): number[] {
  if (weights.length === 0) throw new RangeError("there is nobody to apportion to");
  const largest = weights.reduce((max, weight) => Math.max(max, weight), 0);
  if (!Number.isFinite(largest) || weights.some((weight) => !(weight >= 0))) throw new RangeError("weights must be finite and 0 or more");
  if (largest === 0) return weights.map((_, index) => (index === weights.length - 1 ? total : 0));
  // Scaled first, so that their sum stays finite.
  const scaled = weights.map((weight) => weight / largest);
  const sum = scaled.reduce((all, weight) => all + weight, 0);
  const sign = total < 0 ? -1 : 1;
  const whole = Math.abs(total);
  const exact = scaled.map((weight) => (whole / sum) * weight);
  const parts = exact.map(Math.floor);
  let left = whole - parts.reduce((all, part) => all + part, 0);
  const order = exact.map((_, index) => index).sort((a, b) => exact[b] - parts[b] - (exact[a] - parts[a]) || a - b);
  // Rounding of the products may leave a few more or fewer than there are parts with a remainder.
  for (let at = 0; left > 0; at = (at + 1) % order.length) {
    if (weights[order[at]] === 0) continue;
    parts[order[at]]++;
    left--;
  }
  for (let at = order.length - 1; left < 0; at = (at + order.length - 1) % order.length) {
    if (parts[order[at]] === 0) continue;
    parts[order[at]]--;
    left++;
  }
  return parts.map((part) => sign * part + 0);
}
