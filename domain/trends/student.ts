/**
 * Two-sided probability of Student's t at least this far from 0, for whole degrees of freedom: the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4. 0 for an infinite t.
 */
export function studentP(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return 0;
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const cos2 = Math.cos(angle) ** 2;
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < degrees - 1; k += 2) {
    term *= (cos2 * (k - 1)) / k;
    sum += term;
  }
  const within = isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return Math.max(0, 1 - within);
}

/** The t below which a share `q` above one half of the distribution lies, by halving. */
export function studentQuantile(q: number, degrees: number): number {
  let low = 0;
  let high = 1e6;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (studentP(middle, degrees) / 2 > 1 - q) low = middle;
    else high = middle;
  }
  return high;
}
