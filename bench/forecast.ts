import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { DAILY_KINDS } from "#domain/trends/dailyTestData.ts";
import { forecastSum } from "#domain/trends/forecastSum.ts";
import { Xoshiro128 } from "#traffic/xoshiro128.ts";

const SERIES = 400;
const HISTORIES = [30, 60, 120];
const HORIZONS = [7, 14, 28];
const COVERAGE_MIN = 0.95;
/** 95% of a normal distribution to both sides. */
const Z = 1.96;

type Sum = { expected: number; low: number; high: number };
type Method = { name: string; forecast: (history: readonly (number | null)[], horizon: number) => Sum | null };
type Row = { kind: string; method: string; covered: number; medianError: number; medianWidth: number };
type ForecastReport = { bench: "forecast"; series: number; goalCoverage: number; covered: number; goalMet: boolean; rows: Row[] };

/** Each day to come as the last one was; the interval from how far days are from the ones before, as of a random walk. */
const naive: Method = {
  name: "naive",
  forecast(history, horizon) {
    const known = history.filter((value) => value !== null);
    const steps = known.slice(1).map((value, at) => value - known[at]);
    const spread = Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0) / steps.length);
    const reach = Z * spread * Math.sqrt((horizon * (horizon + 1) * (2 * horizon + 1)) / 6);
    return around(known[known.length - 1] * horizon, reach);
  },
};

/** Each day to come as a week before; the interval from how far days are from those of the week before. */
const seasonalNaive: Method = {
  name: "seasonal naive",
  forecast(history, horizon) {
    const week = Array.from({ length: 7 }, (_, day) => lastKnown(history, history.length - 7 + day));
    const steps = history.flatMap((value, at) => (at < 7 || value === null || history[at - 7] === null ? [] : [value - (history[at - 7] ?? 0)]));
    const spread = Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0) / steps.length);
    const weeks = Array.from({ length: horizon }, (_, day) => Math.floor(day / 7) + 1);
    const reach = Z * spread * Math.sqrt(weeks.reduce((sum, times) => sum + times * times, 0));
    return around(
      weeks.reduce((sum, _, day) => sum + week[day % 7], 0),
      reach,
    );
  },
};

const METHODS: Method[] = [{ name: "headgate", forecast: forecastSum }, seasonalNaive, naive];

function around(expected: number, reach: number): Sum {
  return { expected, low: expected - reach, high: expected + reach };
}

/** That weekday's newest value that was measured. */
function lastKnown(history: readonly (number | null)[], from: number): number {
  for (let at = from; at >= 0; at -= 7) {
    const value = history[at];
    if (value !== null) return value;
  }
  return 0;
}

/** Forecasts of sums that are known, each from the days before alone. */
function run(): ForecastReport {
  const rows: Row[] = [];
  for (const { name, make } of DAILY_KINDS) {
    const random = new Xoshiro128(20_261_129);
    const found = METHODS.map(() => ({ covered: 0, errors: [] as number[], widths: [] as number[] }));
    for (let series = 0; series < SERIES; series++) {
      const [history, horizon] = [HISTORIES[series % HISTORIES.length], HORIZONS[Math.floor(series / HISTORIES.length) % HORIZONS.length]];
      const days = make(random, history + horizon);
      const before = days.slice(0, history);
      const came = days.slice(history).filter((value) => value !== null);
      const sum = (came.reduce((all, value) => all + value, 0) * horizon) / came.length;
      for (const [at, { forecast }] of METHODS.entries()) {
        const said = forecast(before, horizon);
        if (said === null) throw new Error(`${METHODS[at].name} says nothing of ${history} days`);
        if (sum >= said.low && sum <= said.high) found[at].covered++;
        found[at].errors.push(Math.abs(said.expected / sum - 1));
        found[at].widths.push((said.high - said.low) / 2 / sum);
      }
    }
    for (const [at, { covered, errors, widths }] of found.entries())
      rows.push({ kind: name, method: METHODS[at].name, covered: covered / SERIES, medianError: middle(errors), medianWidth: middle(widths) });
  }
  const own = rows.filter(({ method }) => method === METHODS[0].name);
  const covered = own.reduce((sum, row) => sum + row.covered / own.length, 0);
  return { bench: "forecast", series: SERIES, goalCoverage: COVERAGE_MIN, covered, goalMet: covered >= COVERAGE_MIN, rows };
}

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values } = parseArgs({ options: { json: { type: "string" } }, allowPositionals: true });
  const report = run();
  const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
  console.log(`sums of ${HORIZONS.join(", ")} days from ${HISTORIES.join(", ")} days before; ${report.series} series of each kind`);
  console.table(
    report.rows.map(({ kind, method, covered, medianError, medianWidth }) => ({
      kind,
      method,
      "within its interval": percent(covered),
      "off by (middle)": percent(medianError),
      "interval ± (middle)": percent(medianWidth),
    })),
  );
  console.log(
    `goal: at least ${percent(report.goalCoverage)} within the interval; ${percent(report.covered)} over all kinds, ${report.goalMet ? "met" : "missed"}`,
  );
  if (values.json) writeFileSync(values.json, JSON.stringify(report, null, 2));
}
