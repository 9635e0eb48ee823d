import { studentQuantile } from "./student.ts";

const CONFIDENCE = 0.95;
const WEEK = 7;
/** Fewer known days tell too little of how far a day may be from the next. */
const KNOWN_MIN = 10;
/** Older days are no guide. */
const HISTORY_MAX = 180;
const SEASON_FROM_DAYS = 21;
/** So many weeks pull a weekday's factor half-way from 1 to what was seen. */
const SEASON_CAUTION = 1;
const DAMPING = 0.98;
/** A day that is farther off than so many usual ones moves the level no further. */
const CLIP_AT = 3;
/** So many usual distances between the levels before and after make a step, each of so many days. */
const STEP_AT = 6;
const STEP_DAYS = 7;
const ALPHAS = [0.05, 0.15, 0.3, 0.5, 0.8];
const BETAS = [0, 0.05, 0.15];
/** Degrees of freedom that an interval has at least, however few errors there are that don't overlap. */
const DEGREES_MIN = 3;
/** Level, trend and weekdays were chosen to fit. */
const MODEL_CAUTION = 1.1;
/** What was not seen in n days may come on up to 3 / n of them (the rule of three), and be as much again as a usual day. */
const UNSEEN = 3;
/** Of the days: level, trend, and what the weekdays take. */
const DEGREES_TAKEN = 5;

export type SumForecast = {
  /** Of the days ahead together; the interval holds them with 95%. */
  expected: number;
  low: number;
  high: number;
  /** Of each day ahead. */
  days: number[];
  /** Days that it rests on: those since the last step to another level. */
  known: number;
};

type Model = { alpha: number; beta: number };

/**
 * What `horizon` days will bring together, from the days before, the newest last; null is a day that was not measured, which is left out and never taken for 0. Values are 0
 * or more. Null where fewer than ten days are known.
 *
 * A level and a damped trend (Holt, Gardner and McKenzie 1985) over values freed of their weekday, smoothed as would have been best for sums of as many days in the history
 * itself. The interval is the wider of two: what the errors of single days make of a sum under that model (Hyndman et al., Forecasting with Exponential Smoothing, 6.1), and
 * how far such sums were off within the history; by Student's t.
 */
export function forecastSum(history: readonly (number | null)[], horizon: number): SumForecast | null {
  const days = history.slice(-HISTORY_MAX);
  const known = days.filter((value) => value !== null).length;
  if (known < KNOWN_MIN || horizon < 1) return null;
  // Day 0 of the week is that of the first day ahead.
  const weekdayOf = (index: number) => (((index - days.length) % WEEK) + WEEK) % WEEK;
  const factors = weekdayFactors(days, weekdayOf);
  const plain = afterStep(days.map((value, index) => (value === null ? null : value / factors[weekdayOf(index)])));
  const since = plain.filter((value) => value !== null).length;
  const model = bestModel(plain, horizon);
  const run = smooth(plain, model, horizon);
  const ahead = Array.from({ length: horizon }, (_, day) => Math.max(0, (run.level + run.excess + run.trend * dampedSteps(day + 1)) * factors[day % WEEK]));
  const expected = ahead.reduce((sum, value) => sum + value, 0);
  const meanFactor = Array.from({ length: horizon }, (_, day) => factors[day % WEEK]).reduce((sum, factor) => sum + factor / horizon, 0);
  const byDays = Math.sqrt(run.variance * sumOfWeights(model, horizon)) * meanFactor;
  const apart = Math.floor(run.sums / horizon);
  const bySums = apart < 1 ? 0 : Math.sqrt(run.meanSquareShare * (1 + 1 / apart)) * expected;
  const reach =
    MODEL_CAUTION *
    Math.max(
      (UNSEEN / known) * expected,
      byDays * studentQuantile((1 + CONFIDENCE) / 2, Math.max(DEGREES_MIN, since - DEGREES_TAKEN)),
      bySums * studentQuantile((1 + CONFIDENCE) / 2, Math.max(DEGREES_MIN, apart)),
    );
  return { expected, low: Math.max(0, expected - reach), high: expected + reach, days: ahead, known: since };
}

/** How many times a usual day each weekday is; 1 each where too little is known. */
function weekdayFactors(days: readonly (number | null)[], weekdayOf: (index: number) => number): number[] {
  const flat = new Array<number>(WEEK).fill(1);
  if (days.length < SEASON_FROM_DAYS) return flat;
  const ratios: number[][] = flat.map(() => []);
  for (let index = 3; index < days.length - 3; index++) {
    const around = days.slice(index - 3, index + 4).filter((value) => value !== null);
    const value = days[index];
    const mean = around.reduce((sum, one) => sum + one / around.length, 0);
    if (value !== null && around.length >= 5 && mean > 0) ratios[weekdayOf(index)].push(value / mean);
  }
  const seen = ratios.map((some) => (some.length < 2 ? 1 : 1 + ((median(some) - 1) * some.length) / (some.length + SEASON_CAUTION)));
  const mean = seen.reduce((sum, factor) => sum + factor / WEEK, 0);
  return mean > 0 ? seen.map((factor) => Math.max(0.01, factor / mean)) : flat;
}

/** Without what was before the last step to another level, where there is one: it says nothing of what comes. */
function afterStep(plain: (number | null)[]): (number | null)[] {
  const usual = usualStep(plain);
  if (usual === 0) return plain;
  let best = 0;
  let most = STEP_AT;
  for (let at = STEP_DAYS; at + STEP_DAYS <= plain.length; at++) {
    const [before, after] = [plain.slice(at - STEP_DAYS, at), plain.slice(at, at + STEP_DAYS)].map((some) => some.filter((value) => value !== null));
    if (before.length < STEP_DAYS / 2 || after.length < STEP_DAYS / 2) continue;
    const height = Math.abs(median(after) - median(before)) / usual;
    if (height >= most * (1 - 1e-9)) [most, best] = [height, at];
  }
  if (best === 0) return plain;
  // There may have been another one since.
  return afterStep(plain.slice(best));
}

function bestModel(plain: readonly (number | null)[], horizon: number): Model {
  let best: Model = { alpha: ALPHAS[0], beta: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (const alpha of ALPHAS) {
    for (const beta of BETAS) {
      const { variance: score } = smooth(plain, { alpha, beta }, horizon);
      if (score < least * (1 - 1e-9)) [least, best] = [score, { alpha, beta }];
    }
  }
  return best;
}

/** Level and trend after the last day; the variance of a day's error; and how far sums of `horizon` days were off, as a share of what had been expected. */
function smooth(plain: readonly (number | null)[], { alpha, beta }: Model, horizon: number) {
  const first = plain.filter((value) => value !== null).slice(0, WEEK);
  let level = median(first);
  let trend = 0;
  let squares = 0;
  let excess = 0;
  let errors = 0;
  let shares = 0;
  let sums = 0;
  const usual = usualStep(plain);
  const steps = Array.from({ length: horizon }, (_, day) => dampedSteps(day + 1)).reduce((sum, step) => sum + step, 0);
  for (let index = 0; index < plain.length; index++) {
    if (index >= KNOWN_MIN && index + horizon <= plain.length) {
      const came = plain.slice(index, index + horizon);
      const there = came.filter((value) => value !== null);
      const expected = level * horizon + trend * steps;
      // A sum with gaps stands for as many whole days as it has.
      if (there.length * 2 > horizon && expected > 0) {
        const sum = (there.reduce((all, value) => all + value, 0) * horizon) / there.length;
        shares += (sum / expected - 1) ** 2;
        sums++;
      }
    }
    const value = plain[index];
    const before = level + DAMPING * trend;
    if (value === null) {
      level = before;
      trend *= DAMPING;
      continue;
    }
    const error = value - before;
    const taken = Math.sign(error) * Math.min(Math.abs(error), CLIP_AT * (usual || Number.POSITIVE_INFINITY));
    if (index >= WEEK) {
      squares += error * error;
      excess += error - taken;
      errors++;
    }
    level = before + alpha * taken;
    trend = DAMPING * trend + alpha * beta * taken;
  }
  return {
    level,
    trend,
    excess: errors === 0 ? 0 : excess / errors,
    variance: Math.max(usual * usual, errors === 0 ? 0 : squares / Math.max(1, errors - 1)),
    meanSquareShare: sums === 0 ? 0 : shares / sums,
    sums,
  };
}

/** How far a day usually is from the one before, as a standard deviation, from the median of the distances; 0 where most days are alike. */
function usualStep(plain: readonly (number | null)[]): number {
  const known = plain.filter((value) => value !== null);
  return known.length < 2 ? 0 : (1.4826 * median(known.slice(1).map((value, at) => Math.abs(value - known[at])))) / Math.SQRT2;
}

/** Of a trend, over so many days: φ + φ² + … */
function dampedSteps(days: number): number {
  return (DAMPING * (1 - DAMPING ** days)) / (1 - DAMPING);
}

/** Of a day's variance, what a sum of `horizon` days has: each day's error is in all days after it by as much as the level and the trend take it over. */
function sumOfWeights({ alpha, beta }: Model, horizon: number): number {
  let sum = 0;
  for (let day = 1; day <= horizon; day++) {
    let weight = 1;
    for (let later = 1; later <= horizon - day; later++) weight += alpha * (1 + beta * dampedSteps(later));
    sum += weight * weight;
  }
  return sum;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
