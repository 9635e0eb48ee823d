import type { Xoshiro128 } from "#traffic/xoshiro128.ts";
import type { Sample } from "./cleanSamples.ts";

/** Makes n values that have no trend. */
export type Noise = (random: Xoshiro128, n: number) => number[];

const normal = (random: Xoshiro128) => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());

/** Each value is `phi` of the one before and something of its own. */
export function autoregressive(phi: number): Noise {
  return (random, n) => {
    let value = normal(random) / Math.sqrt(1 - phi * phi);
    return Array.from({ length: n }, () => {
      value = phi * value + normal(random);
      return value;
    });
  };
}

/** Memory under garbage collection: rises by `height`, falls back, with teeth about `period` samples long. */
export function sawtooth(period: number, height: number, noise: number): Noise {
  return (random, n) => {
    const tooth = () => period * (0.8 + 0.4 * random.float());
    let length = tooth();
    let at = random.float() * length;
    return Array.from({ length: n }, () => {
      at++;
      if (at >= length) {
        at -= length;
        length = tooth();
      }
      return (height * at) / length + noise * normal(random);
    });
  };
}

/** Levels that have nothing to do with each other, each held for about `hold` samples. */
export function steps(hold: number): Noise {
  return (random, n) => {
    let level = 50 * random.float();
    return Array.from({ length: n }, () => {
      if (random.float() < 1 / hold) level = 50 * random.float();
      return level + normal(random);
    });
  };
}

/** One step up, anywhere: a cache that was filled. */
export function oneStep(random: Xoshiro128, n: number): number[] {
  const from = random.float() * n;
  return Array.from({ length: n }, (_, at) => (at > from ? 30 : 0) + normal(random));
}

/** Growth that ends within the first third: a process that warms up. */
export function warmingUp(random: Xoshiro128, n: number): number[] {
  const length = n * (0.02 + 0.28 * random.float());
  return Array.from({ length: n }, (_, at) => 50 * (1 - Math.exp(-at / length)) + normal(random));
}

export function samplesOf(values: readonly number[], everyMs: number, slopePerS = 0): Sample[] {
  return values.map((value, at) => ({ atMs: 1_700_000_000_000 + at * everyMs, value: value + (slopePerS * at * everyMs) / 1000 }));
}
