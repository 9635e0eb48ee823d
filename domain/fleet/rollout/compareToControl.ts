import { firstAutocorrelation } from "../../trends/correlation.ts";

/** One value of both groups over the same window of time, such as P99 in seconds; null where a group had nothing to measure. */
export type ComparedWindow = { changed: number | null; control: number | null };

export type Comparison = {
  /** `noData`: too few windows in which both were measured. `undecided`: what was measured does not tell yet. */
  state: "noData" | "undecided" | "within" | "above";
  /** How many times as much the changed ones have, against control and against what that was before the change; null without data. */
  ratio: number | null;
  /** The bounds that hold at every look together with probability 1 − FALSE_ALARM_RATE. */
  low: number | null;
  high: number | null;
  /** After the change, with values of both. */
  windows: number;
};

/** Logarithms of changed to control before the change, and how they vary from window to window. */
export type Usual = { level: number; spread: number; width: number; windows: number };

/** Of a rollout whose change makes no difference, however often it is looked at. */
export const FALSE_ALARM_RATE = 0.01;
export const WINDOWS_MIN = 6;
export const WINDOWS_BEFORE_MIN = 30;
/** Where the bounds are tightest: after as many windows as about this takes (Howard et al., 2021, eq. 14 gives about 1 for a dozen). */
const MIXTURE = 1;
/** Of two normal quantiles: what the mean before the change may be off by, with probability 0.5%. */
const BEFORE_REACH = 2.807;
/** Fewer windows make their spread look smaller than it is. */
const SPREAD_CAUTION = 1;
const CLIP_AT = 1.5;
const CORRELATION_MAX = 0.9;
/** A histogram's bucket gives values no finer than this, so a spread is never taken for less. */
const SPREAD_MIN = 0.01;

/**
 * Whether the changed collectors have more than `limit` times of a value than they would have without the change. Both groups see the same traffic, so the
 * logarithm of their ratio is compared with what it was before. It is looked at after each window, so the bounds hold at all times at once: a normal mixture
 * confidence sequence (Robbins, Ann. Math. Stat. 41, 1970; Howard, Ramdas, McAuliffe and Sekhon, Ann. Stat. 49, 2021), its variance widened by the
 * correlation of neighbouring windows. `above` needs both: the ratio beyond the limit, and certainty that there is more than before.
 */
export function compareToControl(usual: Usual | null, after: readonly ComparedWindow[], limit: number): Comparison {
  const now = logRatios(after);
  const n = now.length;
  if (n < WINDOWS_MIN || usual === null) return { state: "noData", ratio: null, low: null, high: null, windows: n };
  const current = clipped(now, usual.width);
  const shift = mean(current) - usual.level;
  const reach = usual.spread * (mixtureReach(n) + BEFORE_REACH / Math.sqrt(usual.windows));
  const state = shift > Math.log(limit) && shift - reach > 0 ? "above" : shift + reach <= Math.log(limit) ? "within" : "undecided";
  return { state, ratio: Math.exp(shift), low: Math.exp(shift - reach), high: Math.exp(shift + reach), windows: n };
}

/** How changed and control stand to each other while nothing is changed; null when that was seen in too few windows. */
export function usualOf(before: readonly ComparedWindow[]): Usual | null {
  const past = logRatios(before);
  if (past.length < WINDOWS_BEFORE_MIN) return null;
  const width = CLIP_AT * deviationOf(past);
  const usual = clipped(past, width);
  return { level: mean(usual), spread: spreadOf(usual), width, windows: past.length };
}

/** In how many of them both were measured. */
export function comparableWindows(windows: readonly ComparedWindow[]): number {
  return logRatios(windows).length;
}

function logRatios(windows: readonly ComparedWindow[]): Float64Array {
  const ratios: number[] = [];
  for (const { changed, control } of windows) if (changed !== null && control !== null && changed > 0 && control > 0) ratios.push(Math.log(changed / control));
  return Float64Array.from(ratios);
}

/** In units of the spread: how far a mean of n may be from the truth at some time, with probability FALSE_ALARM_RATE − 0.5%. */
function mixtureReach(n: number): number {
  const grown = n * MIXTURE + 1;
  return Math.sqrt(((2 * grown) / (n * n * MIXTURE)) * Math.log(Math.sqrt(grown) / (FALSE_ALARM_RATE / 2)));
}

/** Standard deviation of one window, as wide as independent windows would have to be to give as uncertain a mean. */
function spreadOf(values: Float64Array): number {
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  const chance = 1 / Math.sqrt(values.length);
  const correlation = Math.min(CORRELATION_MAX, Math.max(0, firstAutocorrelation(values) + chance));
  const widened = Math.sqrt((variance * (1 + correlation)) / (1 - correlation));
  return Math.max(SPREAD_MIN, widened * (1 + SPREAD_CAUTION * chance));
}

/** Each value no farther from the middle one than `width`: a few windows with a pause in them count, but not by how long it was. */
function clipped(values: Float64Array, width: number): Float64Array {
  const middle = median(values);
  return values.map((value) => Math.min(middle + width, Math.max(middle - width, value)));
}

/** Of one window around the middle, as a standard deviation, from the median of the absolute deviations. */
function deviationOf(values: Float64Array): number {
  const middle = median(values);
  return Math.max(SPREAD_MIN, 1.4826 * median(values.map((value) => Math.abs(value - middle))));
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value / values.length, 0);
