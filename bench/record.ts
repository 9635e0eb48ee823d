import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "#collector/clock.ts";
import { Recorder } from "#collector/record/recorder.ts";
import { compilePolicy } from "#collector/sample/compilePolicy.ts";
import { createSpanSampler } from "#collector/sample/spanSampler.ts";
import { pipelineSettingsSchema } from "#domain/pipeline/pipelineSettings.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { message, order, ready, scrape, start, stop } from "./collector-load/benchProcesses.ts";

/** What recording may cost with default settings, of the CPU time without it. */
const GOAL = 0.02;
const REQUESTS = 64;
const SPANS = 512;
const ROUNDS = 60;
const ROUND_MS = 100;
/** Rounds before those that count: the share of traces has to settle. */
const SETTLING = 20;
/** Little is recorded, so it takes a while until the code for it is compiled. */
const WARMING_S = 15;
const CONNECTIONS = 4;
const IN_FLIGHT = 4;

type RecordRow = { name: string; cpuSecondsPerMillion: number; ratioToWithout: number; share: number | null };
type RecordReport = { bench: "record"; goal: number; goalMet: boolean; rows: RecordRow[] };

const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
const TIERS: SamplingPolicy["tiers"] = [
  { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(0.5) },
  { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: keep(0.5) },
  { name: "important APIs", condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] }, keep: keep(0.1) },
  { name: "default", condition: { kind: "always" }, keep: keep(0.022) },
];

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** CPU time of the whole process, compression and disk included, of scan, decide and frame without the network: by turns with and without, so that both see the same machine. */
async function inProcess(): Promise<RecordRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const traffic = createTraffic({ seed: 1, now: Date.now });
  const requests = Array.from({ length: REQUESTS }, () => traffic.nextRequest(SPANS));
  const out = Buffer.alloc(Math.max(...requests.map((request) => request.length)) * 2);
  const compiled = compilePolicy({ scope: "span", tiers: TIERS });
  const sampler = createSpanSampler();
  const recorder = new Recorder({ folder, settings: pipelineSettingsSchema.parse({}).recording, clock: systemClock });
  const rounds: { without: number[]; with: number[] } = { without: [], with: [] };
  for (let round = 0; round < SETTLING + ROUNDS; round++) {
    for (const which of round % 2 === 0 ? (["without", "with"] as const) : (["with", "without"] as const)) {
      const before = process.cpuUsage();
      const began = performance.now();
      let spans = 0;
      do {
        for (const request of requests) {
          if (sampler.sample(request, 0, request.length, compiled) !== SPANS) throw new Error("the scan lost spans");
          sampler.frame(out, 0);
          if (which === "with") recorder.accepted(request, sampler.table);
        }
        spans += requests.length * SPANS;
        // What has been recorded is compressed and written by turns, as in a collector.
        await new Promise((resolve) => setImmediate(resolve));
      } while (performance.now() - began < ROUND_MS);
      const used = process.cpuUsage(before);
      if (round >= SETTLING) rounds[which].push((used.user + used.system) / spans);
    }
  }
  const figures = recorder.figures();
  await recorder.close(5000);
  rmSync(folder, { recursive: true, force: true });
  const ratios = rounds.with.map((cost, at) => cost / rounds.without[at]);
  return [
    { name: "scan, decide, frame", cpuSecondsPerMillion: middle(rounds.without), ratioToWithout: 1, share: null },
    { name: "and record", cpuSecondsPerMillion: middle(rounds.with), ratioToWithout: middle(ratios), share: figures?.share ?? null },
  ];
}

/** CPU-seconds per million spans of a real collector at its full rate. */
async function collector(enabled: boolean, scope: "span" | "trace", seconds: number): Promise<{ cost: number; share: number | null }> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const children: ChildProcess[] = [];
  try {
    const sink = start("others", ["bench/collector-load/sink.ts"], {}, true);
    children.push(sink);
    const sinkPort = await message<number>(sink);
    const sampling = { tiers: TIERS, ...(scope === "trace" ? { scope, decisionWaitMs: 1000, decisionWaitAfterRootMs: 300 } : {}) };
    const config = { sampling, pipeline: { recording: { enabled } }, export: { endpoint: `http://127.0.0.1:${sinkPort}` } };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    const ports = { HEADGATE_OTLP_GRPC_PORT: "0", HEADGATE_OTLP_HTTP_PORT: "0", HEADGATE_METRICS_PORT: "0" };
    const process = start("first", ["collector/main.ts", "--config", join(folder, "config.json")], { HEADGATE_DATA_DIR: join(folder, "data"), ...ports });
    children.push(process);
    const { otlpGrpc, metrics } = await ready(process);
    const load = start("others", ["bench/collector-load/generator.ts", String(otlpGrpc), String(SPANS), String(CONNECTIONS), String(IN_FLIGHT), "1"], {}, true);
    children.push(load);
    await message(load);
    await order(load, { seconds: WARMING_S });
    const before = await scrape(metrics);
    await order(load, { seconds });
    const after = await scrape(metrics);
    const spent = (name: string) => after(name) - before(name);
    const cost = (spent("process_cpu_seconds_total") / spent("headgate_spans_received_total")) * 1e6;
    return { cost, share: enabled ? after("headgate_recording_share") : null };
  } finally {
    for (const child of children.reverse()) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Pairs one after the other, the order turned each time. */
async function pairs(scope: "span" | "trace", count: number, seconds: number): Promise<RecordRow[]> {
  const off: number[] = [];
  const on: number[] = [];
  let share: number | null = null;
  for (let pair = 0; pair < count; pair++) {
    for (const enabled of pair % 2 === 0 ? [false, true] : [true, false]) {
      const measured = await collector(enabled, scope, seconds);
      (enabled ? on : off).push(measured.cost);
      share = measured.share ?? share;
    }
  }
  const ratio = middle(on.map((cost, at) => cost / off[at]));
  return [
    { name: `collector, ${scope} scope, recording off`, cpuSecondsPerMillion: middle(off), ratioToWithout: 1, share: null },
    { name: `collector, ${scope} scope, recording on`, cpuSecondsPerMillion: middle(on), ratioToWithout: ratio, share },
  ];
}

const { values } = parseArgs({
  options: { json: { type: "string" }, seconds: { type: "string", default: "8" }, pairs: { type: "string", default: "5" } },
});
const [count, seconds] = [Number(values.pairs), Number(values.seconds)];
const rows = [...(await inProcess()), ...(count === 0 ? [] : [...(await pairs("span", count, seconds)), ...(await pairs("trace", count, seconds))])];
const report: RecordReport = { bench: "record", goal: GOAL, goalMet: rows.every(({ ratioToWithout }) => ratioToWithout <= 1 + GOAL), rows };

console.log(`record: what recording costs with default settings, ${SPANS}-span requests, 4% kept; collectors over OTLP/gRPC at full rate, ${count} pairs`);
console.table(
  Object.fromEntries(
    rows.map((row) => [
      row.name,
      {
        "CPU-s per million": Number(row.cpuSecondsPerMillion.toFixed(4)),
        "of without": Number(row.ratioToWithout.toFixed(3)),
        "share recorded": row.share ?? "",
      },
    ]),
  ),
);
console.log(`goal: at most ${GOAL * 100}% more: ${report.goalMet ? "met" : "NOT met"}`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
