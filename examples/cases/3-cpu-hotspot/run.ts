import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { topFunctions } from "#collector/self/topFunctions.ts";
import { startWatchedCollector, type WatchedCollector } from "#tests/faults/collectorProcess.ts";
import { createHttpClient } from "#tests/faults/otlpClient.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { runCase } from "../support/runCase.ts";
import { STATED } from "../support/stated.ts";
import { inMs } from "../support/underLoad.ts";
import { type Offer, offer } from "./offer.ts";
import { toOtlpJson } from "./otlpJson.ts";
import { tiersOf } from "./policies.ts";
import { profileShares } from "./profileShares.ts";

const SPANS_PER_SECOND = 20_000;
const SPANS_PER_REQUEST = 512;
const BODIES = 24;
const TOP = 8;
/** Shares of the time of a phase; the first is left out, as everything is compiled in it. */
const SHARE = { warmUp: 0.15, steady: 0.35, profile: 0.25, flatOut: 0.25 };
const FILES = { expressions: /re2js/, json: /collector\/receive\/(jsonToProtobuf|jsonFields|surveyJson|backwardWriter)/ };
const root = join(import.meta.dirname, "..", "..", "..");
const folder = join(root, "test-results", "case-3");
const stated = STATED.cpuHotspot;

await runCase({
  number: 3,
  title: "CPU hotspot: JSON where none is needed, regular expressions on every span",
  bad: `OTLP/HTTP with JSON, a policy of regular expressions; ${SPANS_PER_SECOND.toLocaleString("en-US")} spans/s, then as many as are taken`,
  cured: "OTLP/HTTP with protobuf, the same tiers said with prefix and contains; the same spans, every one decided alike",
  secondsDefault: 40,
  measures: [
    { key: "cpu", name: "CPU of the collector at the given rate", unit: "% of a core", digits: 1, stated: stated.cpuPercent },
    { key: "cpuPerMillion", name: "CPU for a million spans", unit: "s", digits: 2 },
    { key: "throughput", name: "throughput, flat out", unit: "spans/s", stated: stated.throughputPerSecond },
    { key: "ackP99", name: "request latency P99 at the given rate", unit: "ms", digits: 1, stated: stated.latencyP99Ms },
    { key: "refused", name: "requests refused", unit: "% of all", digits: 2 },
    { key: "json", name: "profile: CPU time in reading JSON", unit: "%", digits: 1, stated: stated.jsonPercent },
    { key: "expressions", name: "profile: CPU time in regular expressions", unit: "%", digits: 1, stated: stated.regexPercent },
    { key: "threads", name: "threads of the process", unit: "threads", stated: stated.threads },
  ],
  async phase(which, seconds) {
    const collector = await startWatchedCollector({ sampling: { scope: "span", tiers: tiersOf(which) }, export: { kind: "discard" } });
    const traffic = createTraffic({ seed: 3, now: Date.now });
    const requests = Array.from({ length: BODIES }, () => traffic.nextRequest(SPANS_PER_REQUEST));
    const isJson = which === "bad";
    const client = createHttpClient(collector.otlpHttp, 64, isJson ? "application/json" : "application/x-protobuf");
    const common = { client, bodies: isJson ? requests.map(toOtlpJson) : requests, spansPerRequest: SPANS_PER_REQUEST, concurrency: 32 };
    const atRate: Omit<Offer, "seconds"> = { ...common, spansPerSecond: SPANS_PER_SECOND };
    try {
      await offer({ ...atRate, seconds: seconds * SHARE.warmUp });
      const before = await collector.sample();
      const steady = await offer({ ...atRate, seconds: seconds * SHARE.steady });
      const after = await collector.sample();
      const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
      const [bytes] = await Promise.all([profile(collector, seconds * SHARE.profile), offer({ ...atRate, seconds: seconds * SHARE.profile })]);
      const shares = profileShares(bytes, FILES);
      await keep(which, bytes);
      const flatOut = await offer({ ...common, concurrency: 8, spansPerSecond: Number.POSITIVE_INFINITY, seconds: seconds * SHARE.flatOut });
      return {
        cpu: (cpuSeconds / (steady.elapsedMs / 1000)) * 100,
        cpuPerMillion: (cpuSeconds * 1e6) / Math.max(1, steady.spansAcked),
        throughput: (flatOut.spansAcked * 1000) / flatOut.elapsedMs,
        ackP99: inMs(steady.latency, 0.99),
        refused: ((steady.refused + flatOut.refused) / Math.max(1, steady.requests + flatOut.requests)) * 100,
        json: shares.json * 100,
        expressions: shares.expressions * 100,
        threads: after.metrics.get("process_threads") ?? null,
      };
    } finally {
      client.close();
      await collector.remove();
    }
  },
});

/** Begins when the load has; whole seconds, as the collector wants them. */
async function profile({ metricsPort }: WatchedCollector, seconds: number): Promise<Uint8Array> {
  await pause(200);
  const answer = await fetch(`http://127.0.0.1:${metricsPort}/debug/pprof/profile?seconds=${Math.min(60, Math.max(1, Math.floor(seconds) - 1))}`);
  if (!answer.ok) throw new Error(`no profile: ${answer.status} ${await answer.text()}`);
  return new Uint8Array(await answer.arrayBuffer());
}

async function keep(which: "bad" | "cured", bytes: Uint8Array): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, which === "bad" ? "before-cpu.pb.gz" : "after-cpu.pb.gz");
  writeFileSync(file, bytes);
  process.stdout.write(`\n  ${relative(root, file)}, by what each function took itself:\n`);
  const { functions } = await topFunctions(bytes, TOP);
  for (const { name, file: source, share } of functions) process.stdout.write(`    ${`${(share * 100).toFixed(1)}%`.padStart(6)}  ${name}  ${source}\n`);
}
