import { seededRandom } from "#collector/sample/wireTestData.ts";

/** Whole numbers below its argument. */
export type Random = (below: number) => number;

/** The source of randomness of one input: the same whenever seed and number are. */
export function randomOf(seed: number, input: number): Random {
  return seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(input + 1, 0x85ebca6b));
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)];
}
