import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Clock, systemClock } from "#collector/clock.ts";
import { compilePolicy } from "#collector/sample/compilePolicy.ts";
import { Shadow } from "#collector/sample/shadow/shadow.ts";
import { createSpanSampler } from "#collector/sample/spanSampler.ts";
import { SHADOW_CPU_SHARE_MAX } from "#domain/sampling/compare/shadowReport.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { createTraffic } from "#traffic/createTraffic.ts";

const REQUESTS = 64;
const SPANS = 512;
const ROUNDS = 40;
const ROUND_MS = 100;
/** Rounds before those that count: the share of traces has to settle. */
const SETTLING = 10;

/** `ownShare`: what the shadow says of itself, of the thread's CPU time. */
type ShadowRow = { name: string; cpuSecondsPerMillion: number; ratioToWithout: number; share: number; ownShare: number };
type ShadowBenchReport = { bench: "shadow"; goalRatio: number; goalMet: boolean; rows: ShadowRow[] };

function policyWith(rest: number): SamplingPolicy {
  const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
  return {
    scope: "span",
    tiers: [
      { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
      { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: keep(1) },
      { name: "important APIs", condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] }, keep: keep(0.5) },
      { name: "default", condition: { kind: "always" }, keep: keep(rest) },
    ],
  };
}

/**
 * CPU time of scan, decide and frame, as a collector in span scope spends it on a request apart from the network, without a shadow, with one that compares everything, and
 * with one that keeps to its share. In turn, the middle round of each.
 */
function run(): ShadowBenchReport {
  const traffic = createTraffic({ seed: 1, now: Date.now });
  const requests = Array.from({ length: REQUESTS }, () => traffic.nextRequest(SPANS));
  const out = Buffer.alloc(Math.max(...requests.map((request) => request.length)) * 2);
  const live = { compiled: compilePolicy(policyWith(0.1)), label: { revision: 1, hash: "" } };
  const sampler = createSpanSampler();
  const threadCpuMs = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  const begin = (cpuMs: () => number, clock: Clock) =>
    new Shadow({ candidate: policyWith(0.05), minutes: 60, live, clock, threadCpuMs: cpuMs, isMemoryTight: () => false });
  // One by whose measure comparing takes no time, and one as it is.
  const all = begin(() => 0, { ...systemClock, now: () => 0 });
  // Of the thread's time it is told its own rounds alone, as if there were no others.
  let ownMs = 0;
  let ownSince: number | undefined;
  const paced = begin(() => ownMs + (ownSince === undefined ? 0 : threadCpuMs() - ownSince), systemClock);
  const works: { name: string; shadow: Shadow | undefined }[] = [
    { name: "without", shadow: undefined },
    { name: "everything compared", shadow: all },
    { name: "kept to its share", shadow: paced },
  ];
  const rounds = works.map((): number[] => []);
  for (let round = 0; round < SETTLING + ROUNDS; round++) {
    // In turn, so that what the machine does besides falls on all of them.
    for (const [at, { shadow }] of works.entries()) {
      const before = process.threadCpuUsage();
      const began = performance.now();
      if (shadow === paced) ownSince = threadCpuMs();
      let spans = 0;
      do {
        for (const request of requests) {
          if (sampler.sample(request, 0, request.length, live.compiled) !== SPANS) throw new Error("the scan lost spans");
          sampler.frame(out, 0);
          shadow?.accepted(request, sampler.table, live.compiled);
        }
        spans += requests.length * SPANS;
      } while (performance.now() - began < ROUND_MS);
      const used = process.threadCpuUsage(before);
      if (ownSince !== undefined) ownMs += threadCpuMs() - ownSince;
      ownSince = undefined;
      if (round >= SETTLING) rounds[at].push((used.user + used.system) / spans);
    }
  }
  const cpu = rounds.map((all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)]);
  const rows = works.map(({ name, shadow }, at): ShadowRow => {
    const report = shadow?.report();
    return {
      name,
      cpuSecondsPerMillion: cpu[at],
      ratioToWithout: cpu[at] / cpu[0],
      share: report?.share ?? 0,
      ownShare: report && shadow === paced ? report.cpuMs / report.threadCpuMs : 0,
    };
  });
  const goalRatio = 1 + SHADOW_CPU_SHARE_MAX;
  return { bench: "shadow", goalRatio, goalMet: rows[2].ratioToWithout <= goalRatio, rows };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values } = parseArgs({ options: { json: { type: "string" } }, allowPositionals: true });
  const report = run();
  console.table(
    report.rows.map(({ name, cpuSecondsPerMillion, ratioToWithout, share, ownShare }) => ({
      name,
      "CPU-s per million spans": cpuSecondsPerMillion.toFixed(3),
      "ratio to without": ratioToWithout.toFixed(3),
      "traces compared": `${(share * 100).toFixed(1)}%`,
      "by its own measure": ownShare === 0 ? "" : `${(ownShare * 100).toFixed(1)}%`,
    })),
  );
  console.log(`goal: at most ${report.goalRatio} of without; ${report.goalMet ? "met" : "missed"}`);
  if (values.json) writeFileSync(values.json, JSON.stringify(report, null, 2));
}
