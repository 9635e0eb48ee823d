// One piece of over 400 lines: all of it is offered the same kinds of traffic and judged by the same windows.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUDGET_STEP_MS, BudgetRatio } from "./budgetRatio.ts";
import { BUDGET_WINDOW_MS } from "./keep.ts";
import { LOG_NORMAL, type Load, type OfferedTrace, ONE_SPAN, offeredTraces, PARETO, SERVICES, seededRandom, spansOfService } from "./offeredTestData.ts";
import { encodeThreshold, NEVER } from "./threshold.ts";

const WINDOW_S = BUDGET_WINDOW_MS / 1000;
const SEEDS = [1, 2];
const CLOCK_MS = 50;
const WARM_UP_MS = 10_000;

/** The ratio that each trace met with. */
function ratiosOf(traces: readonly OfferedTrace[], budget: BudgetRatio, clockMs = CLOCK_MS): Float64Array {
  const ratios = new Float64Array(traces.length);
  let nowMs = 0;
  for (const [index, { atMs, spans }] of traces.entries()) {
    for (; nowMs <= atMs; nowMs += clockMs) budget.advance(nowMs);
    ratios[index] = budget.ratio;
    budget.offer(spans);
  }
  return ratios;
}

type Window = { spent: number; kept: number /** Σ p (1 − p) size². */; variance: number; largest: number; largestSpans: number };

/** Every window that begins on the clock's beat after the warm-up. */
function windowsOf(traces: readonly OfferedTrace[], ratios: Float64Array, kept: readonly boolean[]): Window[] {
  const beats = Array.from({ length: Math.ceil((traces[traces.length - 1].atMs + 1) / CLOCK_MS) }, emptyWindow);
  for (const [index, { atMs, spans }] of traces.entries()) {
    const ratio = ratios[index];
    const chance = ratio < 1 ? spans : 0;
    const whole = {
      spent: ratio * spans,
      kept: kept[index] ? spans : 0,
      variance: ratio * (1 - ratio) * spans ** 2,
      largest: ratio * spans,
      largestSpans: chance,
    };
    addTo(beats[Math.floor(atMs / CLOCK_MS)], whole);
  }
  const windows: Window[] = [];
  for (let from = WARM_UP_MS / CLOCK_MS; from + BUDGET_WINDOW_MS / CLOCK_MS <= beats.length; from++) {
    const window = emptyWindow();
    for (let beat = from; beat < from + BUDGET_WINDOW_MS / CLOCK_MS; beat++) addTo(window, beats[beat]);
    windows.push(window);
  }
  return windows;
}

function emptyWindow(): Window {
  return { spent: 0, kept: 0, variance: 0, largest: 0, largestSpans: 0 };
}

function addTo(window: Window, more: Window): void {
  window.spent += more.spent;
  window.kept += more.kept;
  window.variance += more.variance;
  window.largest = Math.max(window.largest, more.largest);
  window.largestSpans = Math.max(window.largestSpans, more.largestSpans);
}

/**
 * What chance alone exceeds once in a million windows. Few large traces make a sum far from normal, for which 4 standard deviations are not enough:
 * Bernstein's inequality, t²/2 = (V + M t / 3) ln(1/δ).
 */
function chanceMargin({ variance, largestSpans }: Window): number {
  const log = Math.log(1e6);
  const bound = (largestSpans * log) / 3;
  return bound + Math.sqrt(bound ** 2 + 2 * variance * log);
}

function draw(ratios: Float64Array, seed: number): boolean[] {
  const random = seededRandom(seed);
  return Array.from(ratios, (ratio) => random() < ratio);
}

const sum = (values: Iterable<number>) => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

const every = (second: number, period: number, from: number, length: number) => second % period >= from && second % period < from + length;
/** Mean offered load in budgets. `noticedLate`: how many seconds of budget a burst may take before it is noticed. */
const LOADS: Record<string, { load: (second: number) => number; noticedLate: number }> = {
  "steady, ten times the budget": { load: () => 10, noticedLate: 1 },
  "steady, little more than the budget": { load: () => 1.2, noticedLate: 1 },
  "steady, a bit below the budget": { load: () => 0.8, noticedLate: 1 },
  "bursts of fifty times for five seconds": { load: (second) => 0.8 * (every(second, 30, 15, 5) ? 50 : 1), noticedLate: 1.5 },
  "bursts of ten times for two seconds": { load: (second) => 1.5 * (every(second, 20, 15, 2) ? 10 : 1), noticedLate: 1.5 },
  "spikes of fifty times for a tenth of a second": { load: (second) => (every(second, 3, 1, 0.1) ? 50 : 1), noticedLate: 1.5 },
  "silence, then twenty times the budget for good": { load: (second) => (second < 20 ? 0 : 20), noticedLate: 1.5 },
  "a ramp from a tenth to twelve times": { load: (second) => 0.1 + 0.2 * second, noticedLate: 1 },
};
const SIZES = { "single spans": ONE_SPAN, "log-normal traces": LOG_NORMAL, "Pareto traces": PARETO };

function loadOf(budget: number, load: (second: number) => number, sizes: Load["sizes"], seconds = 60): Load {
  return { seconds, spansPerSecond: (second) => budget * load(second), sizes };
}

describe("budget", () => {
  for (const [name, { load, noticedLate }] of Object.entries(LOADS)) {
    it(`is kept to over every window of ten seconds: ${name}`, () => {
      for (const sizes of Object.values(SIZES)) {
        for (const seed of SEEDS) {
          const spansPerSecond = 300;
          const traces = offeredTraces(loadOf(spansPerSecond, load, sizes), seed);
          const ratios = ratiosOf(traces, new BudgetRatio(spansPerSecond));
          for (const window of windowsOf(traces, ratios, draw(ratios, seed))) {
            expect(window.spent).toBeLessThanOrEqual(spansPerSecond * (WINDOW_S + noticedLate) + window.largest);
            expect(window.kept).toBeLessThanOrEqual(window.spent + chanceMargin(window));
          }
        }
      }
    });
  }

  it("is used: of a steady load above it at least nine tenths are kept", () => {
    for (const times of [3, 10, 30]) {
      for (const sizes of Object.values(SIZES)) {
        const traces = offeredTraces(
          loadOf(300, () => times, sizes, 40),
          times,
        );
        const ratios = ratiosOf(traces, new BudgetRatio(300));
        const later = traces.map(({ atMs, spans }, index) => (atMs >= 10_000 ? spans * ratios[index] : 0));
        expect(sum(later) / 30).toBeGreaterThan(0.9 * 300);
        expect(sum(later) / 30).toBeLessThan(1.02 * 300);
      }
    }
  });

  it("keeps everything of a smooth load below it", () => {
    for (const spansPerSecond of [100, 2000]) {
      const traces = offeredTraces(
        loadOf(spansPerSecond, () => 0.7, ONE_SPAN),
        1,
      );
      expect(Math.min(...ratiosOf(traces, new BudgetRatio(spansPerSecond)))).toBe(1);
    }
    const traces = offeredTraces(
      loadOf(2000, () => 0.6, LOG_NORMAL),
      1,
    );
    expect(Math.min(...ratiosOf(traces, new BudgetRatio(2000)))).toBe(1);
  });

  it("keeps everything as long as no window brings more than a third of it, however unevenly it comes", () => {
    const share = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 333 })).map((thousandths) => thousandths / 1000);
    const steps = fc.array(fc.record({ steps: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 60 })), share }), {
      minLength: 30,
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.constantFrom(0.7, 3, 40, 400, 1_000_000), steps, (spansPerSecond, list) => {
        const budget = new BudgetRatio(spansPerSecond);
        const past: { atMs: number; spans: number }[] = [];
        let atMs = 0;
        budget.advance(atMs);
        for (const one of list) {
          for (let step = 0; step < one.steps; step++) {
            atMs += BUDGET_STEP_MS;
            budget.advance(atMs);
          }
          // A window can begin within a step, so eleven seconds are counted.
          const inWindow = sum(past.filter((earlier) => earlier.atMs > atMs - 11_000).map(({ spans }) => spans));
          const windowBudget = spansPerSecond * WINDOW_S;
          const spans = Math.floor(Math.min(one.share * windowBudget, windowBudget / 3 - inWindow));
          if (spans < 1) continue;
          expect(budget.ratio).toBe(1);
          budget.offer(spans);
          past.push({ atMs, spans });
        }
      }),
      { numRuns: 500 },
    );
  });

  it("goes on after one trace of a million spans, at a tenth of it from the next step on", () => {
    const budget = new BudgetRatio(200);
    const spentPerSecond: number[] = [];
    for (let second = 0; second < 40; second++) {
      let spent = 0;
      for (let span = 0; span < 2000; span++) {
        budget.advance(second * 1000 + span / 2);
        spent += budget.ratio;
        budget.offer(1);
        if (second === 20 && span === 0) budget.offer(1_000_000);
      }
      spentPerSecond.push(spent);
    }
    expect(spentPerSecond[19]).toBeGreaterThan(180);
    expect(Math.min(...spentPerSecond.slice(21))).toBeGreaterThan(20);
    expect(sum(spentPerSecond.slice(21, 31))).toBeGreaterThan(0.55 * 200 * WINDOW_S);
    expect(sum(spentPerSecond.slice(33))).toBeGreaterThan(0.85 * 7 * 200);
  });

  it("keeps nearly everything again within four seconds after a burst has ended", () => {
    const budget = new BudgetRatio(1000);
    const traces = offeredTraces(
      loadOf(1000, (second) => (every(second, 40, 20, 5) ? 50 : 0.5), ONE_SPAN, 40),
      7,
    );
    const ratios = ratiosOf(traces, budget);
    expect(Math.min(...ratios.filter((_, index) => traces[index].atMs > 29_000))).toBe(1);
  });

  it("keeps to what it has where a trace is as large as the budget of many seconds", () => {
    for (const [spansPerSecond, tracesPerSecond, spans] of [
      [0.1, 10, 1],
      [1, 20, 5],
      [10, 20, 50],
    ]) {
      const load: Load = { seconds: 300, spansPerSecond: () => tracesPerSecond * spans, sizes: { mean: spans, draw: () => spans } };
      const traces = offeredTraces(load, 5);
      const ratios = ratiosOf(traces, new BudgetRatio(spansPerSecond));
      const spent = sum(ratios.map((ratio, index) => (traces[index].atMs >= 20_000 ? ratio * spans : 0))) / 280;
      expect(spent / spansPerSecond).toBeGreaterThan(0.85);
      expect(spent / spansPerSecond).toBeLessThan(1.05);
    }
  });
});

describe("counting back what a budget tier kept", () => {
  const BUDGET = 2500;
  const TRAFFIC_SEEDS = 4;
  const DRAWS = 105;
  const MEASURES: ((trace: OfferedTrace) => number)[] = [
    ({ spans }) => spans,
    ({ errors }) => errors,
    ...Array.from({ length: SERVICES }, (_, service) => (trace: OfferedTrace) => spansOfService(trace, service)),
  ];

  /** How often the 95% interval holds the truth, and by how many standard errors the mean estimate is off it, for each measure. */
  function countBack(load: Load, draws = DRAWS): { coverage: number[]; bias: number[] } {
    const hits = MEASURES.map(() => 0);
    const off = MEASURES.map(() => 0);
    const offVariance = MEASURES.map(() => 0);
    for (let seed = 1; seed <= TRAFFIC_SEEDS; seed++) {
      const traces = offeredTraces(load, seed);
      const ratios = ratiosOf(traces, new BudgetRatio(BUDGET));
      const values = MEASURES.map((measure) => Float64Array.from(traces, measure));
      const truth = values.map(sum);
      const random = seededRandom(1000 + seed);
      for (let drawn = 0; drawn < draws; drawn++) {
        const keptAt = drawKept(ratios, random);
        for (const [measure, own] of values.entries()) {
          // Horvitz and Thompson 1952: Σ y / p, and of its variance Σ y² (1 − p) / p², both over what was kept.
          let error = -truth[measure];
          let variance = 0;
          for (const index of keptAt) {
            const weighted = own[index] / ratios[index];
            error += weighted;
            variance += weighted ** 2 * (1 - ratios[index]);
          }
          if (Math.abs(error) <= 1.96 * Math.sqrt(variance)) hits[measure] += 1;
          off[measure] += error;
          offVariance[measure] += variance;
        }
      }
    }
    return {
      coverage: hits.map((count) => count / (TRAFFIC_SEEDS * draws)),
      bias: off.map((total, measure) => total / Math.sqrt(offVariance[measure])),
    };
  }

  /** Places of those kept. Where neighbours have one ratio, how many are passed over until the next one kept is drawn at once. */
  function drawKept(ratios: Float64Array, random: () => number): number[] {
    const kept: number[] = [];
    for (let from = 0; from < ratios.length; ) {
      const ratio = ratios[from];
      let to = from + 1;
      while (to < ratios.length && ratios[to] === ratio) to++;
      const passed = () => (ratio === 1 ? 0 : Math.floor(Math.log(1 - random()) / Math.log(1 - ratio)));
      for (let at = from + passed(); at < to; at += 1 + passed()) kept.push(at);
      from = to;
    }
    return kept;
  }

  const load = (spansPerBudget: (second: number) => number, sizes = LOG_NORMAL) => loadOf(BUDGET, spansPerBudget, sizes, 40);
  const bursty = (second: number) => (every(second, 20, 12, 4) ? 30 : 1.5);
  const spiky = (second: number) => (every(second, 5, 1, 0.2) ? 40 : 2);

  // 420 runs: one standard deviation of a coverage of 95% is 1.1 points.
  for (const [name, shape] of Object.entries({ steady: () => 8, bursty, spiky })) {
    it(`gives intervals that hold the true number of spans, of errors and of each service's spans 95 times in 100: ${name} traffic`, () => {
      const { coverage, bias } = countBack(load(shape));
      for (const share of coverage) {
        expect(share).toBeGreaterThan(0.915);
        expect(share).toBeLessThan(0.985);
      }
      for (const standardErrors of bias) expect(Math.abs(standardErrors)).toBeLessThan(5);
    });
  }

  it("is without bias even where few enormous traces hold most of the spans", () => {
    const { bias } = countBack(load(bursty, PARETO), 25);
    for (const standardErrors of bias) expect(Math.abs(standardErrors)).toBeLessThan(5);
  });
});

describe("ratio of a budget tier", () => {
  it("is lowered before a burst that is announced, so that one large request costs little more than a step", () => {
    const budget = new BudgetRatio(200);
    budget.advance(0);
    budget.announce(8192);
    const spent = 8192 * budget.ratio;
    budget.offer(8192);
    expect(spent).toBeGreaterThan(5);
    expect(spent).toBeLessThanOrEqual((200 * BUDGET_STEP_MS) / 1000);
    // Without it all of them would have met with a ratio of 1.
    expect(new BudgetRatio(200).ratio).toBe(1);
    // What fits is kept whole all the same.
    const other = new BudgetRatio(200);
    other.advance(0);
    expect([other.announce(500), other.ratio]).toEqual([false, 1]);
  });

  it("depends on nothing but what was offered and when", () => {
    const traces = offeredTraces(
      loadOf(100, () => 5, PARETO, 20),
      3,
    );
    expect(ratiosOf(traces, new BudgetRatio(100))).toEqual(ratiosOf(traces, new BudgetRatio(100)));
  });

  it("always has a threshold below never, whose th has at most six digits", () => {
    const steps = fc.array(fc.record({ spans: fc.nat({ max: 1_000_000_000 }), ms: fc.nat({ max: 20_000 }) }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 10_000_000, noNaN: true }), steps, (spansPerSecond, list) => {
        const budget = new BudgetRatio(spansPerSecond);
        let nowMs = 0;
        for (const { spans, ms } of list) {
          nowMs += ms;
          budget.advance(nowMs);
          budget.offer(spans);
          expect(budget.threshold).toBeLessThan(NEVER);
          expect(encodeThreshold(budget.threshold)?.length).toBeLessThanOrEqual(6);
          expect(budget.ratio).toBeGreaterThanOrEqual(1e-6);
          expect(budget.ratio).toBe(Number(NEVER - budget.threshold) / 2 ** 56);
        }
      }),
    );
  });

  it("says that it changed exactly when it did", () => {
    const budget = new BudgetRatio(50);
    let before = budget.threshold;
    for (let nowMs = 0; nowMs < 20_000; nowMs += 20) {
      const advanced = budget.advance(nowMs);
      expect(advanced).toBe(budget.threshold !== before);
      before = budget.threshold;
      const offered = budget.offer(nowMs % 7);
      expect(offered).toBe(budget.threshold !== before);
      before = budget.threshold;
    }
  });

  it("is 1 as long as nothing comes, and again after a silence", () => {
    const budget = new BudgetRatio(10);
    for (let nowMs = 0; nowMs < 30_000; nowMs += 100) budget.advance(nowMs);
    expect(budget.ratio).toBe(1);
    for (let nowMs = 30_000; nowMs < 40_000; nowMs += 10) {
      budget.advance(nowMs);
      budget.offer(10);
    }
    expect(budget.ratio).toBeLessThan(0.05);
    budget.advance(3_600_000);
    expect(budget.ratio).toBe(1);
  });

  it("takes a call that comes late, or a clock that was set forward or back, for no more than it is", () => {
    for (const jumpMs of [3_600_000, -3_600_000]) {
      const budget = new BudgetRatio(100);
      let spent = 0;
      for (let nowMs = 0; nowMs < 60_000; nowMs += 10) {
        budget.advance(nowMs < 30_000 ? nowMs : nowMs + jumpMs);
        if (nowMs >= 40_000) spent += budget.ratio * 10;
        budget.offer(10);
      }
      expect(spent / 20).toBeGreaterThan(90);
      expect(spent / 20).toBeLessThan(105);
    }
  });

  it("uses the budget whatever the clock's beat, and stays within it when asked once a second", () => {
    const spentWith = (clockMs: number) => {
      const traces = offeredTraces(
        loadOf(500, () => 6, LOG_NORMAL),
        2,
      );
      const ratios = ratiosOf(traces, new BudgetRatio(500), clockMs);
      return sum(traces.map(({ atMs, spans }, index) => (atMs >= 10_000 ? spans * ratios[index] : 0))) / 50 / 500;
    };
    for (const clockMs of [1, 100, 249, 300]) expect(spentWith(clockMs)).toBeGreaterThan(0.9);
    for (const clockMs of [1, 100, 249, 300, 1000]) expect(spentWith(clockMs)).toBeLessThan(1.01);
    expect(spentWith(1000)).toBeGreaterThan(0.7);
  });
});
