import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { openRecording } from "#collector/record/openRecording.ts";
import { Recorder } from "#collector/record/recorder.ts";
import { Replay } from "#collector/replay/replay.ts";
import { VirtualClock } from "#collector/replay/virtualClock.ts";
import { compilePolicy } from "#collector/sample/compilePolicy.ts";
import { createSpanSampler } from "#collector/sample/spanSampler.ts";
import { REDACTED_BY_DEFAULT } from "#domain/pipeline/redaction.ts";
import type { ShadowReport } from "#domain/sampling/compare/shadowReport.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { message, pinnable, start, stop } from "./collector-load/benchProcesses.ts";

/** Recorded spans that both policies are asked about, in a second of CPU time. */
const GOAL_SPANS_PER_SECOND = 500_000;
/** What a collector records at its default bound: 500 spans a second, here in ten requests. */
const SPANS = 50;
const STEP_MS = 100;
/** So many may be on their way to the disk. */
const AHEAD_SPANS = 4000;

type Row = { name: string; spans: number; cpuSecondsPerMillion: number; spansPerCpuSecond: number; seconds: number; rssBytes: number };
type Scope = "span" | "trace";

const ROWS: { name: string; running: Scope; candidate: Scope }[] = [
  { name: "both by span", running: "span", candidate: "span" },
  { name: "both by trace", running: "trace", candidate: "trace" },
  { name: "runs by trace, candidate by span", running: "trace", candidate: "span" },
  { name: "runs by span, candidate by trace", running: "span", candidate: "trace" },
];

function policyOf(scope: Scope, rest: number): SamplingPolicy {
  const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
  const tiers: SamplingPolicy["tiers"] = [
    { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
    { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: keep(1) },
    { name: "important APIs", condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] }, keep: keep(0.5) },
    { name: "default", condition: { kind: "always" }, keep: keep(rest) },
  ];
  if (scope === "span") return { scope, tiers };
  const waits = { decisionWaitMs: 10_000, decisionWaitAfterRootMs: 2_000 };
  return { scope, ...waits, tracesMax: 100_000, spansMax: 500_000, bytesMax: 268_435_456, decisionCache: { entriesMax: 500_000, ttlMs: 300_000 }, tiers };
}

/** Writes a recording as a collector does, of traffic that came at the recorder's default bound; returns when it ended. */
async function record(folder: string, spans: number): Promise<number> {
  const clock = new VirtualClock(Date.now());
  const settings = { enabled: true, bytesMax: 4_294_967_296, hoursMax: 168, spansPerSecondMax: 1e6, redact: [...REDACTED_BY_DEFAULT] };
  const recorder = new Recorder({ folder: join(folder, "recording"), settings, clock });
  const traffic = createTraffic({ seed: 1, now: () => clock.unixMs() });
  const sampler = createSpanSampler();
  const compiled = compilePolicy(policyOf("span", 0.1));
  for (let request = 0; request < spans / SPANS; request++) {
    const bytes = traffic.nextRequest(SPANS);
    if (sampler.sample(bytes, 0, bytes.length, compiled) !== SPANS) throw new Error("the scan lost spans");
    recorder.accepted(bytes, sampler.table);
    clock.moveTo(clock.now() + STEP_MS);
    // The disk keeps up with what a collector records in an hour, but not with an hour's in a second.
    while ((request + 1) * SPANS - (recorder.figures()?.spansRecorded ?? 0) > AHEAD_SPANS) await pause(1);
  }
  await recorder.close(60_000);
  const { spansRecorded = 0, problem = "" } = recorder.figures() ?? {};
  if (spansRecorded !== spans) throw new Error(`${spans - spansRecorded} spans were not recorded: ${problem}`);
  return clock.unixMs();
}

/** In a process of its own, so that what it takes is this alone: decompression in other threads and garbage collection are in it. */
async function measure(folder: string, untilMs: number, { running, candidate }: { running: Scope; candidate: Scope }): Promise<Omit<Row, "name">> {
  const once = async () => {
    const recording = await openRecording(folder, 604_800_000, untilMs);
    const parts = { recording, baseline: policyOf(running, 0.1), revision: 1, candidate: policyOf(candidate, 0.05) };
    const replay = new Replay({ ...parts, now: () => performance.now(), cpuMs: () => 0 });
    await replay.run(new AbortController().signal, () => undefined);
    return replay.report();
  };
  const rows: Omit<Row, "name">[] = [];
  // The best of several: whatever shares caches and cores only ever makes one slower.
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage();
    const began = performance.now();
    const report = await once();
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(before);
    const cpuSeconds = (user + system) / 1e6;
    const { spans } = counted(report);
    rows.push({
      spans,
      cpuSecondsPerMillion: (cpuSeconds / spans) * 1e6,
      spansPerCpuSecond: spans / cpuSeconds,
      seconds,
      rssBytes: process.memoryUsage.rss(),
    });
  }
  return rows.sort((a, b) => a.cpuSecondsPerMillion - b.cpuSecondsPerMillion)[0];
}

function counted({ state, counts, replay }: ShadowReport): { spans: number } {
  if (state !== "ended" || replay?.gapsLeftOut !== 0 || replay.gaps.length > 0)
    throw new Error(`the replay did not go through: ${state} ${JSON.stringify(replay)}`);
  if (counts.seen.spans !== counts.compared.spans) throw new Error("not everything was compared");
  return { spans: counts.compared.spans };
}

async function run(spans: number, only: string | undefined): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-replay-"));
  try {
    const untilMs = await record(folder, spans);
    const rows: Row[] = [];
    for (const row of ROWS.filter(({ name }) => only === undefined || name === only)) {
      const child = start("first", ["bench/replay.ts", "--measure", JSON.stringify({ folder, untilMs, ...row })], {}, true);
      rows.push({ name: row.name, ...(await message<Omit<Row, "name">>(child)) });
      await stop(child);
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: { json: { type: "string" }, spans: { type: "string", default: "3000000" }, only: { type: "string" }, measure: { type: "string" } },
});
if (values.measure !== undefined) {
  // As the collector does it.
  setFlagsFromString("--no-incremental-marking");
  const { folder, untilMs, ...row } = JSON.parse(values.measure);
  process.send?.(await measure(folder, untilMs, row));
  process.disconnect?.();
} else {
  const rows = await run(Number(values.spans), values.only);
  console.log(
    `a recording of ${Number(values.spans) / 1e6} million spans read from disk, two policies of four tiers, ${pinnable ? "pinned to one core" : "NOT pinned"}; best of three`,
  );
  console.table(
    Object.fromEntries(
      rows.map((row) => [
        row.name,
        {
          spans: row.spans,
          "CPU-s per million": Number(row.cpuSecondsPerMillion.toFixed(2)),
          "spans per CPU-s": Math.round(row.spansPerCpuSecond),
          seconds: Number(row.seconds.toFixed(1)),
          "resident MB": Math.round(row.rssBytes / 1e6),
        },
      ]),
    ),
  );
  const goalMet = rows.every(({ spansPerCpuSecond }) => spansPerCpuSecond >= GOAL_SPANS_PER_SECOND);
  console.log(`goal: ${GOAL_SPANS_PER_SECOND} spans per CPU second ${goalMet ? "met" : "NOT met"}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ bench: "replay", pinned: pinnable, goalMet, rows }, null, 2)}\n`);
}
