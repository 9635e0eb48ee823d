import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Clock } from "#collector/clock.ts";
import { compilePolicy } from "#collector/sample/compilePolicy.ts";
import { TraceSampler } from "#collector/sample/trace/traceSampler.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { message, order, pinnable, ready, scrape, start, stop } from "./collector-load/benchProcesses.ts";

/** The goals, see docs/benchmarks.md. */
const GOAL_SPANS_PER_SECOND = 1_500_000;
const GOAL_PAUSE_MS = 20;
const GOAL_BYTES_PER_SPAN = 600;
const GOAL_CPU_SECONDS_PER_MILLION = 3;

const SPANS = 512;
/** So few that they are in the cache, as what was just received is. */
const REQUEST_BATCH = 8;
const ROUNDS = 12;
const CONNECTIONS = 4;
const RATE = 50_000;

type TableRow = {
  name: string;
  waiting: number;
  traces: number;
  keptShare: number;
  spansPerSecond: number;
  cpuSecondsPerMillion: number;
  longestPauseMs: number;
  pauseP999Ms: number;
  heldBytesPerSpan: number;
  rssBytesPerSpan: number;
};
type CollectorRow = { name: string; spans: number; keptShare: number; waiting: number; cpuSecondsPerMillion: number; rssBytes: number };

const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
const TIERS: SamplingPolicy["tiers"] = [
  { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
  { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: keep(1) },
  { name: "important APIs", condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] }, keep: keep(0.5) },
  { name: "default", condition: { kind: "always" }, keep: keep(0.01) },
];

function policyFor(waiting: number, tiers: SamplingPolicy["tiers"]): SamplingPolicy & { scope: "trace" } {
  return {
    scope: "trace",
    decisionWaitMs: 1_000_000,
    decisionWaitAfterRootMs: 1_000_000,
    tracesMax: waiting,
    spansMax: waiting + 100_000,
    bytesMax: 8_589_934_592,
    decisionCache: { entriesMax: 500_000, ttlMs: 300_000 },
    tiers,
  };
}

/** The sampler alone, in this process: requests go in, time is moved by hand so that about `waiting` spans wait, what is kept is written to a batch and thrown away. */
function measureTable(name: string, waiting: number, tiers: SamplingPolicy["tiers"], seconds: number): TableRow {
  let now = 0;
  // Of the sampler's own timer nothing is needed: each request moves things on.
  const clock: Clock = { now: () => now, unixMs: () => now, after: () => () => {} };
  const out = Buffer.alloc(4_194_304);
  let kept = 0;
  const outlet = {
    buffer: out,
    hasRoom: () => true,
    isEmpty: () => true,
    spansLeft: () => 8192,
    reserve: () => 0,
    commit(_from: number, _end: number, spans: number) {
      kept += spans;
      return 0;
    },
  };
  const books = { sampledOut() {}, sent() {}, shed() {}, waited() {}, serialized() {}, tierName: () => "", keptAll() {} };
  const traffic = createTraffic({ seed: 1, now: Date.now });
  const rssBefore = settledRss();
  const policy = policyFor(waiting, tiers);
  const sampler = new TraceSampler({ settings: policy, outlets: { list: [outlet], of: () => 0 }, books, shedding: () => 0, clock, seed: 12345 });
  sampler.use(
    compilePolicy(policy),
    { revision: 1, hash: "" },
    tiers.map((_, tier) => tier),
  );
  // A step of time for each request, so that the wait holds as many requests as hold `waiting` spans.
  const stepMs = policy.decisionWaitMs / (waiting / SPANS);
  let spans = 0;
  const run = (requests: readonly Buffer[], each: (ms: number) => void) => {
    for (const request of requests) {
      now += stepMs;
      const began = performance.now();
      if (sampler.accept(request, 0, request.length, { networkMs: 1 }) !== SPANS) throw new Error("the sampler refused a request");
      each(performance.now() - began);
      spans += SPANS;
    }
  };
  const next = () => Array.from({ length: REQUEST_BATCH }, () => traffic.nextRequest(SPANS));
  while (sampler.store.spans < waiting - SPANS) run(next(), () => {});
  const full = { spans: sampler.store.spans, traces: sampler.table.traces, held: sampler.figures().heldBytes };
  const rssBytesPerSpan = (settledRss() - rssBefore) / full.spans;
  // Through the table once more before anything counts.
  for (const until = spans + waiting; spans < until; ) run(next(), () => {});
  const pauses: number[] = [];
  kept = 0;
  let counted = 0;
  let best = Number.POSITIVE_INFINITY;
  // The best of several rounds, each of them long enough to see its own garbage collected: whatever shares caches and cores only ever makes one slower.
  for (let round = 0; round < ROUNDS; round++) {
    let cpuMicros = 0;
    let inRound = 0;
    while (cpuMicros < (seconds * 1e6) / ROUNDS) {
      const requests = next();
      // Of this thread: what the generator throws away is collected by others meanwhile.
      const before = process.threadCpuUsage();
      run(requests, (ms) => pauses.push(ms));
      const used = process.threadCpuUsage(before);
      cpuMicros += used.user + used.system;
      inRound += requests.length * SPANS;
    }
    counted += inRound;
    best = Math.min(best, cpuMicros / inRound);
  }
  pauses.sort((a, b) => a - b);
  return {
    name,
    waiting: full.spans,
    traces: full.traces,
    keptShare: kept / counted,
    spansPerSecond: 1e6 / best,
    cpuSecondsPerMillion: best,
    longestPauseMs: pauses[pauses.length - 1],
    pauseP999Ms: pauses[Math.floor(pauses.length * 0.999)],
    heldBytesPerSpan: full.held / full.spans,
    rssBytesPerSpan,
  };
}

function settledRss(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

/** A real collector at a steady rate, traces in whole requests that never repeat, its own way in and out included. */
async function measureCollector(name: string, tiers: SamplingPolicy["tiers"], seconds: number, scope: "span" | "trace"): Promise<CollectorRow> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const children: ChildProcess[] = [];
  try {
    const sink = start("others", ["bench/collector-load/sink.ts"], {}, true);
    children.push(sink);
    const sinkPort = await message<number>(sink);
    const waits = scope === "trace" ? { decisionWaitMs: 10_000, decisionWaitAfterRootMs: 10_000, spansMax: 1_000_000, bytesMax: 1_073_741_824 } : {};
    const config = { sampling: { scope, ...waits, tiers }, export: { endpoint: `http://127.0.0.1:${sinkPort}` } };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    const ports = { HEADGATE_OTLP_GRPC_PORT: "0", HEADGATE_OTLP_HTTP_PORT: "0", HEADGATE_METRICS_PORT: "0" };
    const collector = start("first", ["collector/main.ts", "--config", join(folder, "config.json")], { HEADGATE_DATA_DIR: join(folder, "data"), ...ports });
    children.push(collector);
    const { otlpGrpc, metrics } = await ready(collector);
    const load = start("others", ["bench/collector-load/generator.ts", String(otlpGrpc), String(SPANS), String(CONNECTIONS), "4", "1"], {}, true);
    children.push(load);
    await message(load);
    const requestsPerSecond = RATE / SPANS;
    // Until the wait is full, and what comes in is what is decided.
    await order(load, { seconds: 15, requestsPerSecond, fresh: true });
    const before = await scrape(metrics);
    await order(load, { seconds, requestsPerSecond, fresh: true });
    const after = await scrape(metrics);
    await pause(100);
    const difference = (of: string) => after(of) - before(of);
    const spans = difference("headgate_spans_received_total");
    return {
      name,
      spans,
      keptShare: difference("headgate_spans_kept_total") / spans,
      waiting: after("headgate_spans_waiting"),
      cpuSecondsPerMillion: (difference("process_cpu_seconds_total") / spans) * 1e6,
      rssBytes: after("process_resident_memory_bytes"),
    };
  } finally {
    for (const child of children.reverse()) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { json: { type: "string" }, seconds: { type: "string", default: "6" }, only: { type: "string" } } });
const seconds = Number(values.seconds);
const everything = TIERS.map((tier) => ({ ...tier, keep: keep(1) }));
const table =
  values.only === "collector"
    ? []
    : [
        measureTable("1 million waiting, four tiers", 1_000_000, TIERS, seconds),
        measureTable("1 million waiting, all kept", 1_000_000, everything, seconds),
        measureTable("100,000 waiting, four tiers", 100_000, TIERS, seconds),
      ];
const collector =
  values.only === "table"
    ? []
    : [
        await measureCollector("trace scope, four tiers", TIERS, seconds * 3, "trace"),
        await measureCollector("span scope, four tiers, for comparison", TIERS, seconds * 3, "span"),
      ];
const goals = {
  spansPerSecond: table.length === 0 || table[0].spansPerSecond >= GOAL_SPANS_PER_SECOND,
  pause: table.length === 0 || table[0].longestPauseMs <= GOAL_PAUSE_MS,
  bytesPerSpan: table.length === 0 || table[0].rssBytesPerSpan <= GOAL_BYTES_PER_SPAN,
  cpuSecondsPerMillion: collector.length === 0 || collector[0].cpuSecondsPerMillion <= GOAL_CPU_SECONDS_PER_MILLION,
};

console.log(`trace table: ${SPANS}-span requests of whole traces, scan, check, wait, decide and frame, one core, best of ${ROUNDS} rounds`);
console.table(
  Object.fromEntries(
    table.map((row) => [
      row.name,
      {
        "spans waiting": row.waiting,
        traces: row.traces,
        "kept %": Number((row.keptShare * 100).toFixed(1)),
        "million spans/s": Number((row.spansPerSecond / 1e6).toFixed(2)),
        "CPU-s per million": Number(row.cpuSecondsPerMillion.toFixed(2)),
        "longest pause ms": Number(row.longestPauseMs.toFixed(1)),
        "P99.9 ms": Number(row.pauseP999Ms.toFixed(1)),
        "chunk bytes per span": Math.round(row.heldBytesPerSpan),
        "resident bytes per span": Math.round(row.rssBytesPerSpan),
      },
    ]),
  ),
);
console.log(`collector: OTLP/gRPC over loopback in and out, ${RATE} spans/s, decision wait 10 s, ${pinnable ? "pinned to one core" : "NOT pinned"}`);
console.table(
  Object.fromEntries(
    collector.map((row) => [
      row.name,
      {
        spans: row.spans,
        "kept %": Number((row.keptShare * 100).toFixed(1)),
        "spans waiting": row.waiting,
        "CPU-s per million": Number(row.cpuSecondsPerMillion.toFixed(2)),
        "resident MB": Math.round(row.rssBytes / 1e6),
      },
    ]),
  ),
);
const words = (met: boolean) => (met ? "met" : "NOT met");
console.log(
  `goals: ${GOAL_SPANS_PER_SECOND / 1e6} million spans/s ${words(goals.spansPerSecond)}, no pause over ${GOAL_PAUSE_MS} ms ${words(goals.pause)}, ${GOAL_BYTES_PER_SPAN} resident bytes per waiting span ${words(goals.bytesPerSpan)}, ${GOAL_CPU_SECONDS_PER_MILLION} CPU-s per million at ${RATE} spans/s ${words(goals.cpuSecondsPerMillion)}`,
);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ bench: "trace", pinned: pinnable, goals, table, collector }, null, 2)}\n`);
}
