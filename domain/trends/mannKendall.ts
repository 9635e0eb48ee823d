/** Kendall's S: pairs that rise minus pairs that fall. */
export function kendallS(values: Float64Array): number {
  let s = 0;
  for (let i = 0; i < values.length; i++) for (let j = i + 1; j < values.length; j++) s += Math.sign(values[j] - values[i]);
  return s;
}

/** Var(S) when there is no trend, with the correction for ties (Kendall, Rank Correlation Methods, 1975). */
export function kendallVariance(values: Float64Array): number {
  const full = (t: number) => t * (t - 1) * (2 * t + 5);
  const ties = new Map<number, number>();
  for (const value of values) ties.set(value, (ties.get(value) ?? 0) + 1);
  let sum = full(values.length);
  for (const count of ties.values()) sum -= full(count);
  return sum / 18;
}

/**
 * Two-sided probability of an S at least this far from 0 when there is no trend. Exact for values without ties (distribution of inversions of random
 * permutations), else the normal approximation with its correction for continuity. `spread` is by how much S is wider than for independent values.
 */
export function mannKendallP(values: Float64Array, spread = 1): number {
  const s = Math.abs(kendallS(values)) / spread;
  const variance = kendallVariance(values);
  if (variance <= 0 || s === 0) return 1;
  if (new Set(values).size === values.length) return Math.min(1, 2 * upperTail(values.length, s));
  return Math.min(1, erfc(Math.max(0, s - 1) / Math.sqrt(2 * variance)));
}

/** The smallest S whose two-sided probability is at most `alpha` for n values without ties; larger than any S when there is none. */
export function criticalS(n: number, alpha: number): number {
  const most = (n * (n - 1)) / 2;
  const inversions = inversionShares(n);
  let tail = 0;
  for (let k = 0; k <= most; k++) {
    tail += inversions[k];
    if (2 * tail > alpha) return most - 2 * (k - 1);
  }
  return most + 2;
}

function upperTail(n: number, s: number): number {
  const most = (n * (n - 1)) / 2;
  const inversions = inversionShares(n);
  let tail = 0;
  for (let k = 0; most - 2 * k >= s - 1e-9; k++) tail += inversions[k];
  return tail;
}

/** Share of the permutations of n that have k inversions, by k. */
function inversionShares(n: number): Float64Array {
  let shares = new Float64Array(1).fill(1);
  for (let size = 2; size <= n; size++) {
    const next = new Float64Array(shares.length + size - 1);
    for (let k = 0; k < shares.length; k++) for (let more = 0; more < size; more++) next[k + more] += shares[k] / size;
    shares = next;
  }
  return shares;
}

/** Complementary error function, relative error below 1.2e-7 everywhere (Numerical Recipes, §6.2, rational Chebyshev fit). */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  const c = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  return t * Math.exp(-x * x + c.reduceRight((sum, coefficient) => sum * t + coefficient, 0));
}
