import type { Xoshiro128 } from "#traffic/xoshiro128.ts";

/** Daily values of a kind that is known: null is a day that was not measured. */
export type DailyKind = { name: string; make: (random: Xoshiro128, days: number) => (number | null)[] };

const normal = (random: Xoshiro128) => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
const WEEK = [1.1, 1.12, 1.1, 1.08, 1.05, 0.78, 0.77];
const noisy = (random: Xoshiro128, value: number, share: number) => Math.max(0, value * (1 + share * normal(random)));
const series = (days: number, value: (day: number) => number | null) => Array.from({ length: days }, (_, day) => value(day));

/** Series as a bill's days look, by what is in them. Each begins somewhere in a week, at some size. */
export const DAILY_KINDS: readonly DailyKind[] = [
  { name: "flat with noise", make: (random, days) => series(days, () => noisy(random, 1000, 0.05)) },
  {
    name: "weekly",
    make: (random, days) => {
      const begins = random.below(7);
      return series(days, (day) => noisy(random, 1000 * WEEK[(day + begins) % 7], 0.04));
    },
  },
  {
    name: "weekly, growing 1% a week to 3%",
    make: (random, days) => {
      const perDay = (0.01 + 0.02 * random.float()) / 7;
      return series(days, (day) => noisy(random, 1000 * (1 + perDay) ** day * WEEK[day % 7], 0.04));
    },
  },
  {
    name: "weekly, with a step in the history",
    make: (random, days) => {
      const at = Math.floor(days * (0.15 + 0.25 * random.float()));
      const times = random.float() < 0.5 ? 0.4 : 1.6;
      return series(days, (day) => noisy(random, 1000 * WEEK[day % 7] * (day >= at ? times : 1), 0.04));
    },
  },
  {
    name: "weekly, single days of twice to four times",
    make: (random, days) => series(days, (day) => noisy(random, 1000 * WEEK[day % 7] * (random.float() < 0.03 ? 2 + 2 * random.float() : 1), 0.04)),
  },
  {
    name: "wandering",
    make: (random, days) => {
      let level = 1000;
      return series(days, (day) => {
        level *= 1 + 0.02 * normal(random);
        return noisy(random, level * WEEK[day % 7], 0.03);
      });
    },
  },
  {
    name: "weekly, a tenth of the days not measured",
    make: (random, days) => series(days, (day) => (random.float() < 0.1 ? null : noisy(random, 1000 * WEEK[day % 7], 0.04))),
  },
];
