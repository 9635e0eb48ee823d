import { describe, expect, it } from "vitest";
import { Xoshiro128 } from "#traffic/xoshiro128.ts";
import { FALSE_ALARM_RATE, findTrend, TREND_SAMPLES_MIN } from "./findTrend.ts";
import { autoregressive, type Noise, oneStep, samplesOf, sawtooth, steps, warmingUp } from "./seriesTestData.ts";

/** Case 2: (8 GB − 500 MB) in 24 h. */
const LEAK_BYTES_PER_S = 86_806;
const START_BYTES = 500e6;
const LIMIT_BYTES = 8e9;

/** Resident memory each 10 s with teeth of 50 MB, about a minute long or as given, that leaks for so many minutes. */
function leak(random: Xoshiro128, minutes: number, toothS = 60, slopePerS = LEAK_BYTES_PER_S) {
  const values = sawtooth(toothS / 10, 50e6, 2e6)(random, minutes * 6);
  return samplesOf(
    values.map((value) => START_BYTES + value),
    10_000,
    slopePerS,
  );
}

describe("the rate of false alarms", () => {
  const noises: [string, Noise][] = [
    ["independent", autoregressive(0)],
    ["AR(1) 0.5", autoregressive(0.5)],
    ["AR(1) 0.9", autoregressive(0.9)],
    ["AR(1) 0.98", autoregressive(0.98)],
    ["sawtooth of 6", sawtooth(6, 50, 1)],
    ["sawtooth of 20", sawtooth(20, 50, 1)],
    ["steps held for 10", steps(10)],
    ["steps held for 40", steps(40)],
    ["one step", oneStep],
    ["warming up", warmingUp],
  ];
  const RUNS = 100;

  it.each([60, 180])("over series of %i samples is within the stated one per hundred", (n) => {
    const alarms = noises.map(([name, noise]) => {
      const random = new Xoshiro128(n);
      let found = 0;
      for (let run = 0; run < RUNS; run++) if (findTrend(samplesOf(noise(random, n), 10_000)).kind !== "flat") found++;
      return { name, found };
    });
    const total = alarms.reduce((sum, { found }) => sum + found, 0);
    expect(total / (RUNS * noises.length), JSON.stringify(alarms)).toBeLessThanOrEqual(FALSE_ALARM_RATE);
    // Of 100 runs at one per hundred, more than 5 come about less than once in a thousand.
    for (const { name, found } of alarms) expect(found, name).toBeLessThanOrEqual(5);
  });
});

describe("the leak of case 2", () => {
  it.each([
    ["a minute", 60, 10],
    ["five minutes", 300, 60],
  ])("is found within its time when a tooth of 50 MB takes %s", (_what, toothS, minutes) => {
    const random = new Xoshiro128(2);
    let found = 0;
    for (let run = 0; run < 40; run++) {
      const trend = findTrend(leak(random, minutes, toothS), { limit: LIMIT_BYTES });
      if (trend.kind === "rising" && trend.pValue <= FALSE_ALARM_RATE && trend.low > 0) found++;
    }
    expect(found).toBeGreaterThanOrEqual(38);
  });

  it("is forecast to reach 8 GB after 24 hours, with an interval that holds that time", () => {
    const random = new Xoshiro128(5);
    const trend = findTrend(leak(random, 120), { limit: LIMIT_BYTES });
    expect(trend.kind).toBe("rising");
    expect(trend.low).toBeLessThan(LEAK_BYTES_PER_S);
    expect(trend.high).toBeGreaterThan(LEAK_BYTES_PER_S);
    const hours = (ms = Number.NaN) => ms / 3_600_000;
    expect(Math.abs(hours(trend.reachesLimitInMs) - 22)).toBeLessThan(0.3);
    expect(hours(trend.reachesLimitBetweenMs?.soonest)).toBeLessThan(22);
    expect(hours(trend.reachesLimitBetweenMs?.latest)).toBeGreaterThan(21.8);
  });

  it("holds the true slope in its interval at least 95 times of a hundred", () => {
    const random = new Xoshiro128(8);
    let held = 0;
    for (let run = 0; run < 100; run++) {
      const { low, high } = findTrend(leak(random, 30));
      if (low <= LEAK_BYTES_PER_S && LEAK_BYTES_PER_S <= high) held++;
    }
    expect(held).toBeGreaterThanOrEqual(95);
  });

  it("is found all the same with a gap of an hour, and with the clock set back by one", () => {
    const random = new Xoshiro128(9);
    const whole = leak(random, 60);
    const withGap = [
      ...whole.slice(0, 120),
      ...whole.slice(120).map(({ atMs, value }) => ({ atMs: atMs + 3_600_000, value: value + LEAK_BYTES_PER_S * 3600 })),
    ];
    const setBack = whole.map(({ atMs, value }, at) => ({ atMs: at < 150 ? atMs : atMs - 3_600_000, value }));
    for (const samples of [withGap, setBack]) {
      const trend = findTrend(samples);
      expect(trend.kind).toBe("rising");
      expect(Math.abs(trend.slopePerS / LEAK_BYTES_PER_S - 1)).toBeLessThan(0.1);
    }
  });

  it("is not moved by a fifth of wild outliers", () => {
    const random = new Xoshiro128(10);
    const samples = leak(random, 120).map((sample) => (random.float() < 0.2 ? { ...sample, value: 8e9 * random.float() } : sample));
    expect(Math.abs(findTrend(samples).slopePerS / LEAK_BYTES_PER_S - 1)).toBeLessThan(0.5);
  });
});

describe("what is not a leak", () => {
  it("a flat series is flat, and has no time at which it reaches the limit", () => {
    const trend = findTrend(leak(new Xoshiro128(1), 240, 60, 0), { limit: LIMIT_BYTES });
    expect(trend).toMatchObject({ kind: "flat" });
    expect(trend.reachesLimitInMs).toBeUndefined();
    expect(trend.low).toBeLessThanOrEqual(0);
    expect(trend.high).toBeGreaterThanOrEqual(0);
  });

  it("a falling series is falling, and has none either", () => {
    const trend = findTrend(leak(new Xoshiro128(1), 240, 60, -LEAK_BYTES_PER_S / 10), { limit: LIMIT_BYTES });
    expect(trend.kind).toBe("falling");
    expect(trend.reachesLimitInMs).toBeUndefined();
  });

  it("a constant series is flat with a slope of exactly 0", () => {
    expect(findTrend(samplesOf(Array(500).fill(7), 1000))).toEqual({ kind: "flat", slopePerS: 0, low: 0, high: 0, pValue: 1 });
  });

  it.each([
    ["none", []],
    ["two", [1, 1e9]],
    ["one fewer than needed", Array.from({ length: TREND_SAMPLES_MIN - 1 }, (_, at) => at)],
    ["only such as are no numbers", Array(100).fill(Number.NaN)],
    ["infinite ones", Array(100).fill(Number.POSITIVE_INFINITY)],
  ])("samples: %s are too short", (_what, values) => {
    expect(findTrend(samplesOf(values, 1000), { limit: 10 })).toEqual({ kind: "tooShort", slopePerS: 0, low: 0, high: 0, pValue: 1 });
  });

  it("samples of one instant are too short, and samples that are no numbers are left out of others", () => {
    expect(findTrend(samplesOf(Array(100).fill(1), 0)).kind).toBe("tooShort");
    const samples = leak(new Xoshiro128(4), 60).flatMap((sample) => [sample, { atMs: sample.atMs + 1, value: Number.NaN }]);
    expect(findTrend(samples).kind).toBe("rising");
  });

  it("the first minute of a process is left out when its start is known", () => {
    const values = Array.from({ length: 130 }, (_, at) => (at < 60 ? at * 5e6 : 300e6));
    const samples = samplesOf(values, 1000);
    expect(findTrend(samples, { startedAtMs: samples[0].atMs })).toMatchObject({ kind: "flat", slopePerS: 0 });
  });
});

describe("a straight line", () => {
  it("has its slope exactly, and a limit that was reached is reached in 0 ms", () => {
    const samples = samplesOf(Array(60).fill(0), 1000, 4);
    const trend = findTrend(samples, { limit: 1 });
    expect(trend).toMatchObject({ kind: "rising", slopePerS: 4, low: 4, high: 4, reachesLimitInMs: 0, reachesLimitBetweenMs: { soonest: 0, latest: 0 } });
    expect(findTrend(samples, { limit: 4 * 59 + 40 }).reachesLimitInMs).toBe(10_000);
  });

  it("of 100,000 samples is found without comparing all of them", () => {
    // All pairs would be five billion, and run into the time limit of the test.
    expect(findTrend(samplesOf(Array(100_000).fill(0), 1000, 1)).slopePerS).toBeCloseTo(1, 9);
  });
});
