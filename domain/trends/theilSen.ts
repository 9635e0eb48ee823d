/** Values over time, oldest first, as two columns of one length. */
export type Series = { atMs: Float64Array; values: Float64Array };

/** The slopes between all pairs of points that differ in time, ascending, in units per second. n (n − 1) / 2 of them: the caller bounds n. */
export function pairSlopes({ atMs, values }: Series): Float64Array {
  const n = values.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let found = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const ms = atMs[j] - atMs[i];
      if (ms > 0) slopes[found++] = ((values[j] - values[i]) * 1000) / ms;
    }
  }
  return slopes.subarray(0, found).sort();
}

/** Of ascending values; 0 of none. */
export function medianOfSorted(sorted: Float64Array): number {
  const n = sorted.length;
  if (n === 0) return 0;
  const upper = sorted[n >> 1];
  return n % 2 === 1 ? upper : sorted[(n >> 1) - 1] / 2 + upper / 2;
}

/** Theil–Sen: the median of the slopes between all pairs (Sen, J. Am. Stat. Assoc. 63, 1968). Up to 29% of outliers do not move it. */
export function theilSenSlope(series: Series): number {
  return medianOfSorted(pairSlopes(series));
}

/** What is left of the values without a line of this slope, apart from a constant. */
export function detrended({ atMs, values }: Series, slopePerS: number): Float64Array {
  return values.map((value, at) => value - (slopePerS * (atMs[at] - atMs[0])) / 1000);
}
