import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { message, order, peakRss, pinnable, ready, scrape, start, stop } from "./collector-load/benchProcesses.ts";

/** The goals: spans per second on one core at 4% kept, and resident memory of an idle collector. */
const GOAL_SPANS_PER_SECOND = 500_000;
const GOAL_IDLE_BYTES = 120_000_000;
const SPANS = 512;
const CONNECTIONS = 4;
const IN_FLIGHT = 4;
const IDLE_MS = 3000;

export type CollectorRow = {
  name: string;
  keptShare: number;
  spansPerSecond: number;
  cpuSecondsPerMillion: number;
  halfLoadP50Ms: number;
  halfLoadP99Ms: number;
  peakRssBytes: number;
  idleRssBytes: number;
};
export type CollectorReport = {
  bench: "collector";
  pinned: boolean;
  goalSpansPerSecond: number;
  goalIdleRssBytes: number;
  goalsMet: boolean;
  rows: CollectorRow[];
};

const keep = (ratio: number) => ({ kind: "ratio", ratio });
function fourTiers(important: number, rest: number) {
  return [
    { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(rest === 1 ? 1 : 0.5) },
    { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: keep(rest === 1 ? 1 : 0.5) },
    { name: "important APIs", condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] }, keep: keep(important) },
    { name: "default", condition: { kind: "always" }, keep: keep(rest) },
  ];
}

async function measure(name: string, engine: string, tiers: unknown, seconds: number): Promise<CollectorRow> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const children: ChildProcess[] = [];
  try {
    const sink = start("others", ["bench/collector-load/sink.ts"], {}, true);
    children.push(sink);
    const sinkPort = await message<number>(sink);
    writeFileSync(
      join(folder, "config.json"),
      JSON.stringify({ receivers: { grpc: { engine } }, sampling: { tiers }, export: { endpoint: `http://127.0.0.1:${sinkPort}` } }),
    );
    const ports = { HEADGATE_OTLP_GRPC_PORT: "0", HEADGATE_OTLP_HTTP_PORT: "0", HEADGATE_METRICS_PORT: "0" };
    const collector = start("first", ["collector/main.ts", "--config", join(folder, "config.json")], { HEADGATE_DATA_DIR: join(folder, "data"), ...ports });
    children.push(collector);
    const { otlpGrpc, metrics } = await ready(collector);
    await pause(IDLE_MS);
    const idleRssBytes = (await scrape(metrics))("process_resident_memory_bytes");

    const load = start("others", ["bench/collector-load/generator.ts", String(otlpGrpc), String(SPANS), String(CONNECTIONS), String(IN_FLIGHT), "1"], {}, true);
    children.push(load);
    await message(load);
    await order(load, { seconds: 3 });
    const before = await scrape(metrics);
    const full = await order(load, { seconds });
    const after = await scrape(metrics);
    const spans = after("headgate_spans_received_total") - before("headgate_spans_received_total");
    const cpuSeconds = after("process_cpu_seconds_total") - before("process_cpu_seconds_total");
    const spansPerSecond = full.spans / full.seconds;
    await pause(500);
    const half = await order(load, { seconds, requestsPerSecond: spansPerSecond / 2 / SPANS });
    const peakRssBytes = peakRss(collector.pid ?? 0, (await scrape(metrics))("process_resident_memory_bytes"));
    return {
      name,
      keptShare: (after("headgate_spans_kept_total") - before("headgate_spans_kept_total")) / spans,
      spansPerSecond,
      cpuSecondsPerMillion: (cpuSeconds / spans) * 1e6,
      halfLoadP50Ms: half.p50Ms,
      halfLoadP99Ms: half.p99Ms,
      peakRssBytes,
      idleRssBytes,
    };
  } finally {
    for (const child of children.reverse()) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: { json: { type: "string" }, seconds: { type: "string", default: "8" }, engines: { type: "string", default: "node,lean" } },
});
const seconds = Number(values.seconds);
const rows: CollectorRow[] = [];
for (const engine of values.engines.split(",")) {
  rows.push(
    await measure(`4% kept, ${engine}`, engine, fourTiers(0.1, 0.022), seconds),
    await measure(`everything kept, ${engine}`, engine, fourTiers(1, 1), seconds),
  );
}
const goalsMet = rows[0].spansPerSecond >= GOAL_SPANS_PER_SECOND && rows.every((row) => row.idleRssBytes < GOAL_IDLE_BYTES);
const report: CollectorReport = {
  bench: "collector",
  pinned: pinnable,
  goalSpansPerSecond: GOAL_SPANS_PER_SECOND,
  goalIdleRssBytes: GOAL_IDLE_BYTES,
  goalsMet,
  rows,
};

console.log(
  `collector: OTLP/gRPC over loopback in and out, ${SPANS}-span requests, ${pinnable ? "collector pinned to one core" : "NOT pinned: taskset is missing or there is one core"}`,
);
console.table(
  Object.fromEntries(
    rows.map((row) => [
      row.name,
      {
        "kept %": Number((row.keptShare * 100).toFixed(1)),
        "spans/s": Math.round(row.spansPerSecond),
        "spans per CPU-s": Math.round(1e6 / row.cpuSecondsPerMillion),
        "CPU-s per million": Number(row.cpuSecondsPerMillion.toFixed(2)),
        "P50 ms at half load": Number(row.halfLoadP50Ms.toFixed(2)),
        "P99 ms at half load": Number(row.halfLoadP99Ms.toFixed(2)),
        "peak RSS MB": Math.round(row.peakRssBytes / 1e6),
        "idle RSS MB": Math.round(row.idleRssBytes / 1e6),
      },
    ]),
  ),
);
console.log(`goals: ${GOAL_SPANS_PER_SECOND} spans/s at 4% kept and under ${GOAL_IDLE_BYTES / 1e6} MB idle: ${goalsMet ? "met" : "NOT met"}`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
