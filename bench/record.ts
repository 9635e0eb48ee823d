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

type RecordRow = { name: string; cpuSecondsPerMillion: number; ratioToWithout: number; share: number | null; spansPerSecond: number | null };
type RecordReport = { bench: "record"; goal: number; goalMet: boolean; rows: RecordRow[] };

const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
const TIERS: SamplingPolicy["tiers"] = [
  { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(0.5) },
  { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: keep(0.5) },
  { name: "important APIs", condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] }, keep: keep(0.1) },
  { name: "default", condition: { kind: "always" }, keep: keep(0.022) },
];

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * CPU time of the whole process, compression and disk included, of scan, decide and frame without the network: by turns without recording, with one that chooses and records nothing,
 * and with the default.
 */
async function inProcess(): Promise<RecordRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const traffic = createTraffic({ seed: 1, now: Date.now });
  const requests = Array.from({ length: REQUESTS }, () => traffic.nextRequest(SPANS));
  const out = Buffer.alloc(Math.max(...requests.map((request) => request.length)) * 2);
  const compiled = compilePolicy({ scope: "span", tiers: TIERS });
  const samplers = { plain: createSpanSampler(), hashing: createSpanSampler() };
  // As a collector's does where something is recorded.
  samplers.hashing.table.hashIds();
  const settings = pipelineSettingsSchema.parse({}).recording;
  const recorder = (name: string, spansPerSecondMax: number) =>
    new Recorder({ folder: join(folder, name), settings: { ...settings, spansPerSecondMax }, clock: systemClock });
  const works = [
    { name: "scan, decide, frame", recorder: undefined, cost: [] as number[] },
    { name: "and choose, record nothing", recorder: recorder("nothing", 1e-6), cost: [] as number[] },
    { name: "and record, by default", recorder: recorder("default", settings.spansPerSecondMax), cost: [] as number[] },
  ];
  for (let round = 0; round < SETTLING + ROUNDS; round++) {
    for (const work of round % 2 === 0 ? works : works.toReversed()) {
      const before = process.cpuUsage();
      const began = performance.now();
      const sampler = work.recorder === undefined ? samplers.plain : samplers.hashing;
      let spans = 0;
      do {
        for (const request of requests) {
          if (sampler.sample(request, 0, request.length, compiled) !== SPANS) throw new Error("the scan lost spans");
          sampler.frame(out, 0);
          work.recorder?.accepted(request, sampler.table);
        }
        spans += requests.length * SPANS;
        // What has been recorded is compressed and written by turns, as in a collector.
        await new Promise((resolve) => setImmediate(resolve));
      } while (performance.now() - began < ROUND_MS);
      const used = process.cpuUsage(before);
      if (round >= SETTLING) work.cost.push((used.user + used.system) / spans);
    }
  }
  const rows = works.map(({ name, recorder: with_, cost }): RecordRow => {
    const ratio = middle(cost.map((one, at) => one / works[0].cost[at]));
    return { name, cpuSecondsPerMillion: middle(cost), ratioToWithout: ratio, share: with_?.figures()?.share ?? null, spansPerSecond: null };
  });
  await Promise.all(works.map((work) => work.recorder?.close(5000)));
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

/** A collector at as much as it takes, under load. */
async function begin(enabled: boolean, scope: "span" | "trace", folder: string, children: ChildProcess[]) {
  const sink = start("others", ["bench/collector-load/sink.ts"], {}, true);
  children.push(sink);
  const sinkPort = await message<number>(sink);
  const sampling = { tiers: TIERS, ...(scope === "trace" ? { scope, decisionWaitMs: 1000, decisionWaitAfterRootMs: 300 } : {}) };
  const config = { sampling, pipeline: { recording: { enabled } }, export: { endpoint: `http://127.0.0.1:${sinkPort}` } };
  writeFileSync(join(folder, `${enabled}.json`), JSON.stringify(config));
  const ports = { HEADGATE_OTLP_GRPC_PORT: "0", HEADGATE_OTLP_HTTP_PORT: "0", HEADGATE_METRICS_PORT: "0" };
  const env = { HEADGATE_DATA_DIR: join(folder, `data-${enabled}`), ...ports };
  const collector = start("first", ["collector/main.ts", "--config", join(folder, `${enabled}.json`)], env);
  children.push(collector);
  const { otlpGrpc, metrics } = await ready(collector);
  const load = start("others", ["bench/collector-load/generator.ts", String(otlpGrpc), String(SPANS), String(CONNECTIONS), String(IN_FLIGHT), "1"], {}, true);
  children.push(load);
  await message(load);
  return { metrics, load };
}

/**
 * CPU-seconds per million spans of two real collectors, one that records and one that does not, at the same time on the same core: whatever else the machine does slows both down. Each
 * gets half of the core, and what is recorded is the same each second: of a collector that has a core for itself it costs half as much.
 */
async function pair(scope: "span" | "trace", seconds: number): Promise<{ off: number; on: number; share: number; spansPerSecond: number }> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const children: ChildProcess[] = [];
  try {
    const both = [await begin(false, scope, folder, children), await begin(true, scope, folder, children)];
    await Promise.all(both.map(({ load }) => order(load, { seconds: WARMING_S })));
    const scrapes = () => Promise.all(both.map(({ metrics }) => scrape(metrics)));
    const before = await scrapes();
    await Promise.all(both.map(({ load }) => order(load, { seconds })));
    const after = await scrapes();
    const spent = (at: number, name: string) => after[at](name) - before[at](name);
    const [off, on] = [0, 1].map((at) => (spent(at, "process_cpu_seconds_total") / spent(at, "headgate_spans_received_total")) * 1e6);
    return { off, on, share: after[1]("headgate_recording_share"), spansPerSecond: spent(1, "headgate_spans_received_total") / seconds };
  } finally {
    for (const child of children.reverse()) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pairs(scope: "span" | "trace", count: number, seconds: number): Promise<RecordRow[]> {
  const measured: Awaited<ReturnType<typeof pair>>[] = [];
  for (let at = 0; at < count; at++) measured.push(await pair(scope, seconds));
  const of = (name: "off" | "on" | "share" | "spansPerSecond") => middle(measured.map((one) => one[name]));
  return [
    { name: `collector, ${scope} scope, recording off`, cpuSecondsPerMillion: of("off"), ratioToWithout: 1, share: null, spansPerSecond: null },
    {
      name: `collector, ${scope} scope, recording on`,
      cpuSecondsPerMillion: of("on"),
      ratioToWithout: middle(measured.map(({ off, on }) => on / off)),
      share: of("share"),
      spansPerSecond: of("spansPerSecond"),
    },
  ];
}

const { values } = parseArgs({
  options: { json: { type: "string" }, seconds: { type: "string", default: "8" }, pairs: { type: "string", default: "5" } },
});
const [count, seconds] = [Number(values.pairs), Number(values.seconds)];
const rows = [...(await inProcess()), ...(count === 0 ? [] : [...(await pairs("span", count, seconds)), ...(await pairs("trace", count, seconds))])];
const report: RecordReport = {
  bench: "record",
  goal: GOAL,
  goalMet: rows.every(({ spansPerSecond, ratioToWithout }) => spansPerSecond === null || ratioToWithout <= 1 + GOAL),
  rows,
};

console.log(
  `record: what recording costs with default settings, ${SPANS}-span requests, 4% kept; collectors over OTLP/gRPC, two at a time on one core, ${count} pairs`,
);
console.table(
  Object.fromEntries(
    rows.map((row) => [
      row.name,
      {
        "CPU-s per million": Number(row.cpuSecondsPerMillion.toFixed(4)),
        "of without": Number(row.ratioToWithout.toFixed(3)),
        "share recorded": row.share ?? "",
        "spans/s": row.spansPerSecond === null ? "" : Math.round(row.spansPerSecond),
      },
    ]),
  ),
);
console.log(`goal: of a collector at most ${GOAL * 100}% more: ${report.goalMet ? "met" : "NOT met"}`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
