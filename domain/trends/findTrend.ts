import { cleanSamples, meansOf, type Sample } from "./cleanSamples.ts";
import { correlationLength, firstAutocorrelation } from "./correlation.ts";
import { criticalS, kendallVariance, mannKendallP } from "./mannKendall.ts";
import { studentP, studentQuantile } from "./student.ts";
import { detrended, medianOfSorted, pairSlopes, type Series, theilSenSlope } from "./theilSen.ts";

export type Trend = {
  kind: "flat" | "rising" | "falling" | "tooShort";
  /** Units of the value per second, with its 99% confidence interval; all 0 when too short. */
  slopePerS: number;
  low: number;
  high: number;
  /** Probability of at least so much of a trend in a series that has none; 1 when too short. */
  pValue: number;
  /** From the last sample on; only when rising and with a limit. 0 when it is reached already. */
  reachesLimitInMs?: number;
  /** The same at the ends of the slope's interval. */
  reachesLimitBetweenMs?: { soonest: number; latest: number };
};

/** False alarms of one look at a series without a trend: at most this share, rising and falling together. */
export const FALSE_ALARM_RATE = 0.01;
export const TREND_SAMPLES_MIN = 60;
const WARM_UP_MS = 60_000;
/** Bounds the work: so many points give at most 45,000 slopes. */
const POINTS_MAX = 300;
const BLOCKS_MAX = 40;
const BLOCKS_MIN = 8;
const FEW_BLOCKS = 4;
/** The length of a correlation is taken for too short where the series is short; with this the rate of false alarms holds (findTrend.test.ts). */
const FEW_BLOCKS_CAUTION = 2;
/** A sawtooth's correlation is gone after a fifth of its period, so that a block holds at least one of its teeth. */
const BLOCK_LENGTHS = 6;
const STILL_RISING_SHARE = 0.25;

/**
 * Whether a value such as resident memory rises steadily, and when it reaches a limit. The slope is Theil–Sen's. Neighbouring samples of memory under garbage
 * collection depend on each other, so significance is tested on means of blocks several times as long as that dependence lasts (block sampling: Carlstein, Ann. Stat. 14, 1986):
 * exact Mann–Kendall, its variance widened by what correlation is left between blocks (Hamed and Rao, J. Hydrol. 204, 1998); where there are fewer than 8 such blocks, Student's t.
 * A step, and growth that has ended, such as a process warming up, are not trends: a line must fit better than any one step, and the later half must still rise.
 * Samples of the first minute after `startedAtMs` are left out. The rate of false alarms is that of one look; who looks often has more.
 * Two things no test can tell from a trend: a tooth of the sawtooth that is longer than half of what is seen, and a random walk.
 */
export function findTrend(samples: readonly Sample[], { limit, startedAtMs }: { limit?: number; startedAtMs?: number } = {}): Trend {
  const series = cleanSamples(samples, startedAtMs === undefined ? Number.NEGATIVE_INFINITY : startedAtMs + WARM_UP_MS);
  const n = series.values.length;
  if (n < TREND_SAMPLES_MIN || series.atMs[n - 1] <= series.atMs[0]) return { kind: "tooShort", slopePerS: 0, low: 0, high: 0, pValue: 1 };
  const points = n <= POINTS_MAX ? series : meansOf(series, POINTS_MAX);
  const slopePerS = theilSenSlope(points);
  const length = correlationLength(detrended(points, slopePerS));
  const blockLength = length === 1 ? 1 : BLOCK_LENGTHS * (length - 1);
  const independent = points.values.length / blockLength;
  const blocks = meansOf(points, Math.max(FEW_BLOCKS, Math.min(BLOCKS_MAX, Math.floor(independent))));
  const { low, high, pValue } = blocks.values.length >= BLOCKS_MIN ? testBlocks(blocks, slopePerS) : testFewBlocks(blocks, slopePerS, independent);
  const found = { slopePerS, low: Math.min(low, slopePerS), high: Math.max(high, slopePerS), pValue };
  const isTrend = pValue <= FALSE_ALARM_RATE && slopePerS !== 0 && isSteady(points, blocks, slopePerS);
  if (!isTrend) return { kind: "flat", ...found };
  if (slopePerS < 0) return { kind: "falling", ...found };
  return { kind: "rising", ...found, ...forecast(series, points, limit, found) };
}

/** Mann–Kendall on the blocks, and the interval of Sen's slope that belongs to it. */
function testBlocks(blocks: Series, slopePerS: number): { low: number; high: number; pValue: number } {
  const left = Math.max(0, firstAutocorrelation(detrended(blocks, slopePerS)));
  const spread = Math.sqrt((1 + left) / Math.max(0.05, 1 - left));
  const pValue = mannKendallP(blocks.values, spread);
  const slopes = pairSlopes(blocks);
  const ties = Math.sqrt(kendallVariance(blocks.values) / kendallVariance(blocks.values.map((_, at) => at)));
  const reach = criticalS(blocks.values.length, FALSE_ALARM_RATE) * spread * (ties || 1);
  // Sen 1968: the interval ends at the slopes that stand (pairs ± S) / 2 from the lower end.
  const from = Math.floor((slopes.length - reach) / 2);
  const to = Math.ceil((slopes.length + reach) / 2);
  return { low: slopes[Math.max(0, from)] ?? 0, high: slopes[Math.min(slopes.length - 1, to)] ?? 0, pValue };
}

/**
 * Between 4 and 7 independent blocks are too few for ranks to tell anything apart, but not for a slope that dwarfs what is left around its line: Student's t on the
 * line of least squares through the block means. Of fewer, four are taken and the error is widened by how many of them are independent.
 */
function testFewBlocks(blocks: Series, slopePerS: number, independent: number): { low: number; high: number; pValue: number } {
  const { misfit, alongMs2 } = fitLine(blocks);
  const degrees = blocks.values.length - 2;
  const error = 1000 * Math.sqrt(misfit / degrees / alongMs2) * FEW_BLOCKS_CAUTION * Math.max(1, blocks.values.length / independent);
  const reach = studentQuantile(1 - FALSE_ALARM_RATE / 2, degrees) * error;
  return { low: slopePerS - reach, high: slopePerS + reach, pValue: slopePerS === 0 ? 1 : studentP(slopePerS / error, degrees) };
}

function isSteady(points: Series, blocks: Series, slopePerS: number): boolean {
  const half = points.values.length >> 1;
  const later = theilSenSlope({ atMs: points.atMs.subarray(half), values: points.values.subarray(half) });
  return later / slopePerS >= STILL_RISING_SHARE && fitLine(blocks).misfit <= stepMisfit(blocks.values);
}

/** The line of least squares: the sum of squares around it, and that of the times around their mean. */
function fitLine({ atMs, values }: Series): { misfit: number; alongMs2: number } {
  const n = values.length;
  const meanAt = atMs.reduce((sum, at) => sum + (at - atMs[0]) / n, 0) + atMs[0];
  const mean = values.reduce((sum, value) => sum + value / n, 0);
  let across = 0;
  let along = 0;
  let all = 0;
  for (let at = 0; at < n; at++) {
    across += (atMs[at] - meanAt) * (values[at] - mean);
    along += (atMs[at] - meanAt) ** 2;
    all += (values[at] - mean) ** 2;
  }
  return { misfit: Math.max(0, along > 0 ? all - across ** 2 / along : all), alongMs2: along };
}

/** Sum of squares around two levels, with the step between them where it fits best. */
function stepMisfit(values: Float64Array): number {
  const around = (part: Float64Array) => {
    const mean = part.reduce((sum, value) => sum + value / part.length, 0);
    return part.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  let best = Number.POSITIVE_INFINITY;
  for (let at = 1; at < values.length; at++) best = Math.min(best, around(values.subarray(0, at)) + around(values.subarray(at)));
  return best;
}

/** From the line through the middle of the points to the limit. */
function forecast(
  series: Series,
  points: Series,
  limit: number | undefined,
  { slopePerS, low, high }: Pick<Trend, "slopePerS" | "low" | "high">,
): Partial<Trend> {
  if (limit === undefined) return {};
  const level = medianOfSorted(detrended(points, slopePerS).sort()) + (slopePerS * (series.atMs[series.atMs.length - 1] - points.atMs[0])) / 1000;
  const missing = Math.max(0, limit - level);
  const inMs = (slope: number) => (missing === 0 ? 0 : slope > 0 ? (missing / slope) * 1000 : Number.POSITIVE_INFINITY);
  return { reachesLimitInMs: inMs(slopePerS), reachesLimitBetweenMs: { soonest: inMs(high), latest: inMs(low) } };
}
