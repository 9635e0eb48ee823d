import { describe, expect, it } from "vitest";
import { Xoshiro128 } from "#traffic/xoshiro128.ts";
import { autoregressive } from "../../trends/seriesTestData.ts";
import { type ComparedWindow, compareToControl, FALSE_ALARM_RATE, usualOf, WINDOWS_BEFORE_MIN, WINDOWS_MIN } from "./compareToControl.ts";

/** A quarter of an hour before the change; then three stages that bake for five minutes, looked at every ten seconds. */
const BEFORE = 90;
const AFTER = 90;
const LIMIT = 1.25;

type Noise = (random: Xoshiro128, n: number) => number[];
const normal = (random: Xoshiro128) => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
const NOISES: Record<string, Noise> = {
  "windows that have nothing to do with each other": (random, n) => Array.from({ length: n }, () => 0.12 * normal(random)),
  "windows that depend on the one before": (random, n) => autoregressive(0.6)(random, n).map((value) => 0.1 * value),
  "one window in twenty three times as slow": (random, n) => Array.from({ length: n }, () => 0.08 * normal(random) + (random.float() < 0.05 ? Math.log(3) : 0)),
  "few requests, so that P99 is one of the slowest two": (random, n) => Array.from({ length: n }, () => -0.25 * Math.log(1 - random.float())),
};

/** Both groups share what the traffic does; each has noise of its own, and the changed ones were a quarter faster all along. */
function windowsOf(random: Xoshiro128, noise: Noise, factor: number): ComparedWindow[] {
  const changed = noise(random, BEFORE + AFTER);
  const control = noise(random, BEFORE + AFTER);
  return autoregressive(0.95)(random, BEFORE + AFTER).map((load, at) => ({
    changed: 0.03 * Math.exp(0.2 * load + changed[at]) * (at >= BEFORE ? factor : 1),
    control: 0.04 * Math.exp(0.2 * load + control[at]),
  }));
}

/** After how many windows it is first called above; infinite when it never is. */
function alarmAfter(windows: readonly ComparedWindow[]): number {
  const usual = usualOf(windows.slice(0, BEFORE));
  for (let n = 1; n <= AFTER; n++) {
    if (compareToControl(usual, windows.slice(BEFORE, BEFORE + n), LIMIT).state === "above") return n;
  }
  return Number.POSITIVE_INFINITY;
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe("changed against control", () => {
  it("calls at most one healthy rollout in a hundred worse, although it looks 90 times at each", () => {
    const random = new Xoshiro128(7);
    const alarms = Object.values(NOISES)
      .flatMap((noise) => times(250, () => alarmAfter(windowsOf(random, noise, 1))))
      .filter(Number.isFinite);
    expect(alarms.length / 1_000).toBeLessThanOrEqual(FALSE_ALARM_RATE);
  });

  it.each(Object.entries(NOISES))("finds P99 at 1.5 times what it was, with %s", (_, noise) => {
    const random = new Xoshiro128(8);
    const found = times(100, () => alarmAfter(windowsOf(random, noise, 1.5))).toSorted((a, b) => a - b);
    // Half of them within five minutes, four of five within the quarter of an hour.
    expect(found[49]).toBeLessThanOrEqual(30);
    expect(found[79]).toBeLessThanOrEqual(AFTER);
    const threefold = times(100, () => alarmAfter(windowsOf(random, noise, 3))).toSorted((a, b) => a - b);
    expect(threefold[89]).toBeLessThanOrEqual(12);
  });

  it("says within once that is certain, and how many times as much", () => {
    const random = new Xoshiro128(9);
    const windows = windowsOf(random, NOISES["windows that have nothing to do with each other"], 1);
    const found = compareToControl(usualOf(windows.slice(0, BEFORE)), windows.slice(BEFORE), LIMIT);
    expect(found).toMatchObject({ state: "within", windows: AFTER });
    expect(found.ratio).toBeCloseTo(1, 1);
    expect(found.low).toBeLessThan(1);
    expect(found.high).toBeLessThan(LIMIT);
  });

  it("says nothing of too few windows, and leaves out those in which a group had nothing to measure", () => {
    const flat = (n: number, changed: number | null = 1): ComparedWindow[] => times(n, () => ({ changed, control: 1 }));
    const noData = { state: "noData", ratio: null, low: null, high: null };
    const usual = usualOf(flat(WINDOWS_BEFORE_MIN));
    expect(compareToControl(usualOf(flat(WINDOWS_BEFORE_MIN - 1)), flat(AFTER), LIMIT)).toEqual({ ...noData, windows: AFTER });
    expect(compareToControl(usual, flat(WINDOWS_MIN - 1), LIMIT)).toEqual({ ...noData, windows: WINDOWS_MIN - 1 });
    expect(compareToControl(usual, [...flat(WINDOWS_MIN - 1), ...flat(50, null), ...flat(50, 0)], LIMIT)).toEqual({ ...noData, windows: WINDOWS_MIN - 1 });
  });

  it("never calls what is certain but small above, nor what is large but may be chance", () => {
    const wobbling = (n: number, level: number, width: number): ComparedWindow[] =>
      Array.from({ length: n }, (_, at) => ({ changed: level * Math.exp(at % 2 === 0 ? width : -width), control: 1 }));
    const small = compareToControl(usualOf(wobbling(BEFORE, 1, 0.02)), wobbling(AFTER, 1.2, 0.02), LIMIT);
    expect(small.state).toBe("within");
    expect(small.low).toBeGreaterThan(1);
    const chance = compareToControl(usualOf(wobbling(BEFORE, 1, 0.8)), wobbling(WINDOWS_MIN, 1.4, 0.8), LIMIT);
    expect(chance.state).toBe("undecided");
    expect(chance.ratio).toBeGreaterThan(LIMIT);
  });
});
