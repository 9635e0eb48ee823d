// What the import page waits for: a Collector's configuration read for the first time, and again after each keystroke.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { editYaml } from "#domain/otelcol/editYaml.ts";
import { EXAMPLE_CONFIG } from "#domain/otelcol/exampleConfig.ts";
import { importCollectorConfig } from "#domain/otelcol/importCollectorConfig.ts";

/** From a keystroke to the findings, for 50 policies; the goal is of a quiet machine. */
const GOAL_MS = 100;
const GOAL_POLICIES = 50;
const PROCESSES = 5;
const KEYSTROKES = 60;

type Row = {
  policies: number;
  lines: number;
  findings: number;
  firstMs: number;
  warmFirstMs: number;
  keystrokeMs: number;
  worstKeystrokeMs: number;
  mendMs: number;
};
type ImportReport = { bench: "import"; goalMs: number; goalMet: boolean; rows: Row[]; refusals: { what: string; ms: number }[] };

/** A third each of `and` with a status and a service, a latency, and a regular expression beside a share that is ignored. */
function configOf(policies: number): string {
  const list = Array.from({ length: policies }, (_, n) => {
    if (n % 3 === 0)
      return `      - name: errors of ${n}
        type: and
        and:
          and_sub_policy:
            - { name: service, type: string_attribute, string_attribute: { key: service.name, values: [cart-${n}, shop-${n}] } }
            - { name: status, type: status_code, status_code: { status_codes: [ERROR] } }`;
    if (n % 3 === 1) return `      - name: slow ${n}\n        type: latency\n        latency: { threshold_ms: ${n * 10} }`;
    return `      - name: route ${n}
        type: string_attribute
        string_attribute:
          key: http.route
          values: ["^/api/payment/${n}", "^/api/checkout/${n}"]
          enabled_regex_matching: true
        probabilistic: { sampling_percentage: ${n % 100} }`;
  });
  return `processors:\n  tail_sampling:\n    decision_wait: 10s\n    policies:\n${list.join("\n")}\nservice:\n  pipelines:\n    traces: { processors: [tail_sampling] }\n`;
}

/** CPU of this process, so that what else the machine does counts little. */
function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** In new processes: the first reading of all, or the first after the example was read, as the page does when it opens. */
function firstMs(policies: number, warm: boolean): number {
  const args = ["--first", String(policies), ...(warm ? ["--warm"] : [])];
  const runs = Array.from({ length: PROCESSES }, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(`a measurement ended with ${status}: ${stderr}`);
    return Number(stdout);
  });
  return median(runs);
}

function measure(policies: number): Row {
  const text = configOf(policies);
  const read = importCollectorConfig(text);
  if (!read.ok) throw new Error(read.problem.message);
  const findings = read.processors[0].findings;
  const mend = findings.find(({ mends }) => mends.length > 0)?.mends[0];
  // Each reads another text than the one before.
  const keystrokes = Array.from({ length: KEYSTROKES }, (_, n) => cpuMs(() => importCollectorConfig(text.replace("slow 1", `slow 1${n}`))));
  return {
    policies,
    lines: text.split("\n").length,
    findings: findings.length,
    firstMs: firstMs(policies, false),
    warmFirstMs: firstMs(policies, true),
    keystrokeMs: median(keystrokes.slice(KEYSTROKES / 3)),
    worstKeystrokeMs: Math.max(...keystrokes.slice(KEYSTROKES / 3)),
    mendMs: mend === undefined ? 0 : median(Array.from({ length: 10 }, () => cpuMs(() => editYaml(text, mend.edits)))),
  };
}

function run(): ImportReport {
  const rows = [10, GOAL_POLICIES, 200].map(measure);
  const bomb = Array.from(
    { length: 9 },
    (_, n) =>
      `a${n}: &a${n} [${
        n === 0
          ? "x"
          : Array(9)
              .fill(`*a${n - 1}`)
              .join(",")
      }]`,
  ).join("\n");
  const hostile: [string, string][] = [
    ["10 MB of policies", configOf(60_000)],
    ["aliases that grow to a billion", bomb],
    ["a million brackets", "[".repeat(999_999)],
  ];
  const refusals = hostile.map(([what, text]) => ({ what, ms: cpuMs(() => importCollectorConfig(text).ok && console.error(`${what} was not refused`)) }));
  const goal = rows.find(({ policies }) => policies === GOAL_POLICIES);
  return { bench: "import", goalMs: GOAL_MS, goalMet: goal !== undefined && goal.keystrokeMs <= GOAL_MS && goal.warmFirstMs <= GOAL_MS, rows, refusals };
}

function print(report: ImportReport): void {
  console.log(`import: CPU ms to read a configuration; median of ${PROCESSES} new processes, or of ${KEYSTROKES} keystrokes`);
  const whole = (ms: number) => Number(ms.toFixed(ms < 10 ? 1 : 0));
  console.table(
    Object.fromEntries(
      report.rows.map((row) => [
        `${row.policies} policies, ${row.lines} lines`,
        {
          "first of all": whole(row.firstMs),
          "first on the page": whole(row.warmFirstMs),
          "a keystroke": whole(row.keystrokeMs),
          "the worst": whole(row.worstKeystrokeMs),
          "a mend": whole(row.mendMs),
          findings: row.findings,
        },
      ]),
    ),
  );
  for (const { what, ms } of report.refusals) console.log(`${what}: refused in ${whole(ms)} ms`);
  console.log(`goal: ${report.goalMs} ms for ${GOAL_POLICIES} policies, a keystroke and the first on the page: ${report.goalMet ? "met" : "NOT met"}`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { json: { type: "string" }, first: { type: "string" }, warm: { type: "boolean" } } });
  if (values.first !== undefined) {
    if (values.warm) importCollectorConfig(EXAMPLE_CONFIG);
    const text = configOf(Number(values.first));
    console.log(cpuMs(() => importCollectorConfig(text)));
  } else {
    const report = run();
    print(report);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
}
