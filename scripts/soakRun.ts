import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { findTrend } from "#domain/trends/findTrend.ts";
import type { Behaviour } from "#tests/faults/behaviour.ts";
import { startWatchedCollector } from "#tests/faults/collectorProcess.ts";
import { startFaultyBackend } from "#tests/faults/faultyBackend.ts";
import { SDK_RETRY } from "#tests/faults/sdkRetry.ts";
import { startSender } from "#tests/faults/sender.ts";
import { Xoshiro128 } from "#traffic/xoshiro128.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    rate: { type: "string", default: "5000" },
    scope: { type: "string", default: "span" },
    json: { type: "string" },
  },
});
const minutes = number("minutes", 0.5, 10_000);
const seed = number("seed", 0, 2 ** 31);
const rate = number("rate", 100, 100_000);
if (values.scope !== "span" && values.scope !== "trace") usage("--scope must be span or trace");

/** In the first fifth of the time the process is killed and stopped as well; after that it lives on, so that its memory can be judged. */
const RESTARTS_SHARE = 0.2;
const SAY_EVERY_MS = 30_000;
const MEMORY_LIMIT_BYTES = 300e6;

type Fault = { name: string; behaviour?: Behaviour; run?: () => Promise<void>; lossy?: boolean };
const random = new Xoshiro128(seed);
const backend = await startFaultyBackend({ identify: true });
const sampling = values.scope === "trace" ? { scope: "trace", decisionWaitMs: 2000, decisionWaitAfterRootMs: 500 } : {};
const collector = await startWatchedCollector({
  sampling,
  pipeline: { breaker: { openForMs: 2000 }, delivery: { timeoutMs: 3000 }, retry: { initialMs: 50, maxMs: 1000 }, wal: { waiting: values.scope === "trace" } },
  export: { endpoint: backend.grpcUrl },
});
const watch = collector.watch(250);
const senders = (["grpc", "http"] as const).map((protocol, at) =>
  startSender({
    protocol,
    port: protocol === "grpc" ? collector.otlpGrpc : collector.otlpHttp,
    connections: 3,
    spansPerSecond: rate / 2,
    spansPerRequest: 50,
    tag: at + 1,
    retry: SDK_RETRY,
    seed: seed + at,
  }),
);

const faults: Fault[] = [
  { name: "connections refused", run: backend.refuseConnections },
  { name: "unavailable", behaviour: { kind: "grpc", code: 14 } },
  { name: "too much, with a delay", behaviour: { kind: "grpc", code: 8, retryAfterMs: 500 } },
  { name: "503", behaviour: { kind: "http", status: 503 } },
  { name: "slow, 2 s a call", behaviour: { kind: "ok", delayMs: 2000 } },
  { name: "never answers", behaviour: { kind: "hang" } },
  { name: "closes during requests", behaviour: { kind: "close", when: "duringRequest" } },
  { name: "closes before answers, having taken the spans", behaviour: { kind: "close", when: "beforeAnswer", keeps: true } },
  { name: "resets streams", behaviour: { kind: "resetStream" } },
  { name: "goes away after each call", behaviour: { kind: "goAway" } },
  { name: "garbage", behaviour: { kind: "garbage" } },
  { name: "refuses for good", behaviour: { kind: "http", status: 400 }, lossy: true },
  { name: "partial success", behaviour: { kind: "partial", rejectedSpans: 5 }, lossy: true },
];
const restarts: Fault[] = [
  {
    name: "kill -9",
    run: async () => {
      await collector.kill();
      await collector.restart();
    },
  },
  {
    name: "SIGTERM",
    run: async () => {
      await collector.terminate();
      await collector.restart();
    },
  },
];

const counts = new Map<string, number>();
const began = performance.now();
const until = began + minutes * 60_000;
const restartsUntil = began + minutes * 60_000 * RESTARTS_SHARE;
let lifeBeganMs = Date.now();
let saidAt = began;
while (performance.now() < until) {
  await pause(3000 + random.float() * 9000);
  const mayRestart = performance.now() < restartsUntil;
  const from = mayRestart ? [...faults.filter(({ lossy }) => lossy !== true), ...restarts, ...restarts] : faults;
  const fault = from[Math.floor(random.float() * from.length)];
  counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
  const isRestart = restarts.includes(fault);
  if (fault.behaviour !== undefined) backend.behaviour = fault.behaviour;
  await fault.run?.();
  if (isRestart) lifeBeganMs = Date.now();
  else await pause(500 + random.float() * 6000);
  backend.behaviour = { kind: "ok" };
  await backend.listen();
  for (const sender of senders) sender.setRate((rate / 2) * (0.5 + random.float()));
  if (performance.now() - saidAt > SAY_EVERY_MS) {
    saidAt = performance.now();
    const last = watch.samples.at(-1);
    process.stdout.write(
      `${Math.round((performance.now() - began) / 1000)} s: ${[...counts.values()].reduce((a, b) => a + b, 0)} faults, ${Math.round((last?.rssBytes ?? 0) / 1e6)} MB, ${JSON.stringify(last?.ledger)}\n`,
    );
  }
}
for (const sender of senders) await sender.stop();
await collector.settled(120_000);
const samples = await watch.stop();
const { ledger, metrics } = await collector.sample();
const acked = senders.reduce((sum, sender) => sum + sender.counts.acked, 0);
const failed = senders.reduce((sum, sender) => sum + sender.counts.failed, 0);
const missing = senders.reduce((sum, sender) => sum + sender.acked.missingFrom(backend.ids).length, 0);
const life = samples.filter(({ atMs }) => atMs >= lifeBeganMs);
const trend = findTrend(
  life.map(({ atMs, rssBytes }) => ({ atMs, value: rssBytes })),
  { limit: MEMORY_LIMIT_BYTES, startedAtMs: lifeBeganMs },
);
const peakRssBytes = Math.max(...samples.map(({ rssBytes }) => rssBytes).filter((bytes) => !Number.isNaN(bytes)));
const problems: string[] = [];
if (missing !== ledger.dropped) problems.push(`${missing} acknowledged spans are not at the backend, ${ledger.dropped} are counted as dropped`);
if (trend.kind === "rising") problems.push(`resident memory rises by ${Math.round(trend.slopePerS * 60)} bytes a minute`);
if (peakRssBytes > MEMORY_LIMIT_BYTES) problems.push(`resident memory reached ${Math.round(peakRssBytes / 1e6)} MB`);
const report = {
  minutes,
  seed,
  scope: values.scope,
  faults: Object.fromEntries(counts),
  scrapes: samples.length,
  spansAcknowledged: acked,
  spansRefusedForGood: failed,
  spansDropped: ledger.dropped,
  spansMissing: missing,
  deliveredTwice: backend.ids.duplicates,
  breakerOpened: metrics.get("headgate_breaker_opened_total"),
  peakRssMb: Math.round(peakRssBytes / 1e6),
  memory: { overMinutes: Math.round((Date.now() - lifeBeganMs) / 60_000), ...trend },
  problems,
};
console.log(JSON.stringify(report, null, 2));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
await collector.remove();
await backend.close();
process.exitCode = problems.length === 0 ? 0 : 1;

function number(name: "minutes" | "seed" | "rate", min: number, max: number): number {
  const value = Number(values[name]);
  if (!(value >= min && value <= max)) usage(`--${name} must be between ${min} and ${max}, got ${values[name]}`);
  return value;
}

function usage(message: string): never {
  process.stderr.write(`${message}; npm run soak -- --help\n`);
  process.exit(2);
}
