/** Autocorrelation around the mean, by lag, as far as asked; all 0 of constant values. */
function* autocorrelations(values: Float64Array, lagMax: number): Generator<number> {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value / n, 0);
  const centred = values.map((value) => value - mean);
  const below = centred.reduce((sum, value) => sum + value * value, 0);
  for (let lag = 1; lag <= lagMax; lag++) {
    let above = 0;
    for (let at = lag; at < n; at++) above += centred[at] * centred[at - lag];
    yield below > 0 ? above / below : 0;
  }
}

/** Of neighbours. */
export function firstAutocorrelation(values: Float64Array): number {
  for (const first of autocorrelations(values, 1)) return first;
  return 0;
}

/** The first lag at which values have nothing to do with each other any more; half their number when there is none. */
export function correlationLength(values: Float64Array): number {
  const most = values.length >> 1;
  // What chance alone gives, one-sided 10%.
  const chance = 1.28 / Math.sqrt(values.length);
  let lag = 0;
  for (const correlation of autocorrelations(values, most)) {
    lag++;
    if (correlation <= chance) return lag;
  }
  return most;
}
