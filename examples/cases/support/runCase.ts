import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import type { Stated } from "./stated.ts";

/** What one phase of a case measured; null: it could not be measured, and the table says so. */
export type Measured = Record<string, number | null>;
export type Measure = { key: string; name: string; unit: string; digits?: number; stated?: Stated };
export type Case = {
  number: number;
  title: string;
  /** What the two phases differ in, one line each. */
  bad: string;
  cured: string;
  secondsDefault: number;
  measures: readonly Measure[];
  /** Runs one phase of so many seconds of load. */
  phase(which: "bad" | "cured", seconds: number): Promise<Measured>;
};

const SECONDS_MAX = 3_600;
const OWN_DELAY: Measure = { key: "ownDelayP99", name: "clients and backend themselves late by, P99", unit: "ms", digits: 1 };

/** The command line of a case: runs its phases and prints what it measured beside what is stated. */
export async function runCase(one: Case): Promise<void> {
  const help = `Case ${one.number}: ${one.title}

  --seconds N  seconds of load in each of the two phases (default ${one.secondsDefault}, at most ${SECONDS_MAX})
  --json FILE  also write the figures to FILE
  --help       this text
`;
  const { seconds, json, isHelp } = readArguments(one.secondsDefault);
  if (isHelp) return void process.stdout.write(help);
  process.stdout.write(`Case ${one.number}: ${one.title}\n  before: ${one.bad}\n  after:  ${one.cured}\n  ${seconds} s of load each\n`);
  const machine = `${availableParallelism()} cores, load average ${loadavg()[0].toFixed(1)} at the start`;
  process.stdout.write(`  ${machine}\n`);
  const before = await measured(() => one.phase("bad", seconds));
  const after = await measured(() => one.phase("cured", seconds));
  const rows = [...one.measures, OWN_DELAY].map((measure) => ({ ...measure, before: before[measure.key] ?? null, after: after[measure.key] ?? null }));
  process.stdout.write(table(rows));
  if (json !== undefined)
    writeFileSync(
      json,
      `${JSON.stringify({ case: one.number, title: one.title, machine, seconds, bad: one.bad, cured: one.cured, measures: rows }, neverAsWord, 2)}\n`,
    );
}

/** Clients and backend share this process: what it is late by is in every latency that it measures. */
async function measured(phase: () => Promise<Measured>): Promise<Measured> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const figures = await phase();
  delay.disable();
  return { ...figures, [OWN_DELAY.key]: delay.percentile(99) / 1e6 };
}

/** JSON has no infinity; null already means that something was not measured. */
const neverAsWord = (_key: string, value: unknown) => (value === Number.POSITIVE_INFINITY ? "never" : value);

function readArguments(secondsDefault: number): { seconds: number; json: string | undefined; isHelp: boolean } {
  try {
    const { values } = parseArgs({
      options: { seconds: { type: "string", default: String(secondsDefault) }, json: { type: "string" }, help: { type: "boolean", default: false } },
    });
    const seconds = Number(values.seconds);
    if (!Number.isInteger(seconds) || seconds < 5 || seconds > SECONDS_MAX)
      throw new Error(`--seconds: must be a whole number between 5 and ${SECONDS_MAX}, got ${JSON.stringify(values.seconds)}`);
    return { seconds, json: values.json, isHelp: values.help };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}; --help tells more\n`);
    process.exit(2);
  }
}

type Row = Measure & { before: number | null; after: number | null };

function table(rows: readonly Row[]): string {
  const lines = [["measure", "unit", "before", "after", "stated before", "stated after"]];
  for (const { name, unit, digits = 0, before, after, stated } of rows) {
    const text = (value: number | null | undefined) => formatFigure(value, digits);
    lines.push([name, unit, text(before), text(after), text(stated?.before), text(stated?.after)]);
  }
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const [head, ...body] = lines.map(
    (line) => `| ${line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(" | ")} |`,
  );
  const rule = `|${widths.map((width, column) => (column < 2 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return `\n${[head, rule, ...body].join("\n")}\n`;
}

function formatFigure(value: number | null | undefined, digits: number): string {
  if (value === undefined) return "-";
  if (value === null) return "not measured";
  if (!Number.isFinite(value)) return "never";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
