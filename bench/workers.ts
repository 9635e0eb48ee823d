import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Cores, message, order, pinnable, ready, scrape, start, stop } from "./collector-load/benchProcesses.ts";

/** What threads may cost where there is one core, and what a second one must bring where there are two. */
const GOAL_ONE_CORE_COST = 0.05;
const GOAL_SPEED_UP = 1.7;
const SPANS = 512;
const CONNECTIONS = 8;

const keep = (ratio: number) => ({ kind: "ratio", ratio });
const TIERS = [
  { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
  { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: keep(1) },
  { name: "important APIs", condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] }, keep: keep(0.5) },
  { name: "default", condition: { kind: "always" }, keep: keep(0.01) },
];
const SCOPES = {
  span: { scope: "span", tiers: TIERS },
  trace: { scope: "trace", decisionWaitMs: 1000, decisionWaitAfterRootMs: 1000, tiers: TIERS },
} as const;

type Cost = { spansPerSecond: number; cpuSecondsPerMillion: number };

async function measure(workers: number, scope: keyof typeof SCOPES, cores: Cores, seconds: number): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const children: ChildProcess[] = [];
  try {
    writeFileSync(join(folder, "config.json"), JSON.stringify({ workers, sampling: SCOPES[scope], export: { kind: "discard" } }));
    const ports = { HEADGATE_OTLP_GRPC_PORT: "0", HEADGATE_OTLP_HTTP_PORT: "0", HEADGATE_METRICS_PORT: "0" };
    const collector = start(cores, ["collector/main.ts", "--config", join(folder, "config.json")], { HEADGATE_DATA_DIR: join(folder, "data"), ...ports });
    children.push(collector);
    const { otlpGrpc, metrics } = await ready(collector);
    const load = start("others", ["bench/collector-load/generator.ts", String(otlpGrpc), String(SPANS), String(CONNECTIONS), "4", "1"], {}, true);
    children.push(load);
    await message(load);
    await order(load, { seconds: 3, fresh: true });
    const before = await scrape(metrics);
    const full = await order(load, { seconds, fresh: true });
    const after = await scrape(metrics);
    const spans = after("headgate_spans_received_total") - before("headgate_spans_received_total");
    const cpuSeconds = after("process_cpu_seconds_total") - before("process_cpu_seconds_total");
    return { spansPerSecond: full.spans / full.seconds, cpuSecondsPerMillion: (cpuSeconds / spans) * 1e6 };
  } finally {
    for (const child of children.reverse()) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];

/** Interleaved, as the machine's speed changes over minutes. */
async function pairs(scope: keyof typeof SCOPES, cores: Cores, seconds: number, rounds: number): Promise<{ one: Cost; two: Cost }> {
  const costs: { one: Cost[]; two: Cost[] } = { one: [], two: [] };
  for (let round = 0; round < rounds; round++) {
    for (const which of round % 2 === 0 ? (["one", "two"] as const) : (["two", "one"] as const)) {
      costs[which].push(await measure(which === "one" ? 1 : 2, scope, cores, seconds));
    }
  }
  const middle = (all: Cost[]): Cost => ({
    spansPerSecond: median(all.map(({ spansPerSecond }) => spansPerSecond)),
    cpuSecondsPerMillion: median(all.map(({ cpuSecondsPerMillion }) => cpuSecondsPerMillion)),
  });
  return { one: middle(costs.one), two: middle(costs.two) };
}

const { values } = parseArgs({ options: { json: { type: "string" }, seconds: { type: "string", default: "5" }, rounds: { type: "string", default: "3" } } });
const rows = [];
for (const scope of ["span", "trace"] as const) {
  const oneCore = await pairs(scope, "first", Number(values.seconds), Number(values.rounds));
  const allCores = await pairs(scope, "all", Number(values.seconds), Number(values.rounds));
  rows.push({
    scope,
    oneCoreCost: 1 - oneCore.two.spansPerSecond / oneCore.one.spansPerSecond,
    cpuOfOne: allCores.one.cpuSecondsPerMillion,
    cpuOfTwo: allCores.two.cpuSecondsPerMillion,
    // What two would do with cores of their own: the generator needs one of this machine's.
    speedUp: (2 * allCores.one.cpuSecondsPerMillion) / allCores.two.cpuSecondsPerMillion,
  });
}
console.log(
  `workers: one thread against two, OTLP/gRPC in, nothing out, ${SPANS}-span requests over ${CONNECTIONS} connections${pinnable ? "" : "; NOT pinned"}`,
);
console.table(
  Object.fromEntries(
    rows.map((row) => [
      `${row.scope} scope`,
      {
        "on one core, two take less %": Number((row.oneCoreCost * 100).toFixed(1)),
        "CPU-s/M of one": Number(row.cpuOfOne.toFixed(2)),
        "CPU-s/M of two": Number(row.cpuOfTwo.toFixed(2)),
        "two do so many times one": Number(row.speedUp.toFixed(2)),
      },
    ]),
  ),
);
const goalsMet = rows.every((row) => row.oneCoreCost <= GOAL_ONE_CORE_COST && row.speedUp >= GOAL_SPEED_UP);
console.log(`goals: at most ${GOAL_ONE_CORE_COST * 100}% less on one core, ${GOAL_SPEED_UP} times as much with two: ${goalsMet ? "met" : "NOT met"}`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ bench: "workers", goalsMet, rows }, null, 2)}\n`);
