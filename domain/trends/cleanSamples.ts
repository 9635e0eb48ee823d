import type { Series } from "./theilSen.ts";

export type Sample = { atMs: number; value: number };

/**
 * Samples as a series whose time never goes back. What is not a finite number is left out. Where the clock was set back, everything from there on is moved so
 * that the step is one usual interval; a clock set forward looks like a gap and is one.
 */
export function cleanSamples(samples: readonly Sample[], fromMs: number): Series {
  const good = samples.filter(({ atMs, value }) => Number.isFinite(atMs) && Number.isFinite(value));
  const usualMs = usualInterval(good);
  const series: Series = { atMs: new Float64Array(good.length), values: new Float64Array(good.length) };
  let moved = 0;
  let count = 0;
  for (const [at, { atMs, value }] of good.entries()) {
    if (at > 0 && atMs < good[at - 1].atMs) moved += good[at - 1].atMs - atMs + usualMs;
    if (atMs + moved < fromMs) continue;
    series.atMs[count] = atMs + moved;
    series.values[count++] = value;
  }
  return { atMs: series.atMs.subarray(0, count), values: series.values.subarray(0, count) };
}

function usualInterval(samples: readonly Sample[]): number {
  const steps = samples.slice(1).map(({ atMs }, at) => atMs - samples[at].atMs);
  const forward = steps.filter((ms) => ms > 0).sort((a, b) => a - b);
  return forward[forward.length >> 1] ?? 0;
}

/** The means of `pieces` runs of samples that are as equal in length as can be: of values and of times. */
export function meansOf({ atMs, values }: Series, pieces: number): Series {
  const n = values.length;
  const means: Series = { atMs: new Float64Array(pieces), values: new Float64Array(pieces) };
  for (let piece = 0; piece < pieces; piece++) {
    const from = Math.floor((piece * n) / pieces);
    const to = Math.floor(((piece + 1) * n) / pieces);
    for (let at = from; at < to; at++) {
      means.atMs[piece] += (atMs[at] - atMs[0]) / (to - from);
      means.values[piece] += values[at] / (to - from);
    }
    means.atMs[piece] += atMs[0];
  }
  return means;
}
