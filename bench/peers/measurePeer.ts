import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { message, start, stop } from "../collector-load/benchProcesses.ts";
import type { CorpusShape } from "./corpus.ts";
import type { GeneratorOrder, GeneratorResult, GeneratorSetting } from "./generator.ts";
import { startHeadgate } from "./headgatePeer.ts";
import { startOtelcol } from "./otelcolPeer.ts";
import type { PeerProtocol } from "./preparedRequest.ts";
import { cpuSecondsOf, cpuSecondsOfThreads, machineBusySeconds, memoryOf } from "./processFigures.ts";
import type { PeerSetting, RunningPeer } from "./runningPeer.ts";
import type { SinkCheck, SinkFigures, SinkOrder, SinkReady } from "./sink.ts";
import { type Peer, promisedBy, WAIT_MS, type Work } from "./works.ts";

export type Cell = { work: Work; protocol: PeerProtocol /** Spans a second; 0: as many as are acknowledged, `inFlight` requests at a time. */; rate: number };
/** `profiles`: a folder for CPU profiles of who can be asked for one; what recording them costs is in the figures then. */
export type RunSetting = { seconds: number; connections: number; inFlight: number; wal: boolean; engine: string | undefined; profiles: string | undefined };

export type RunFigures = {
  spansPerSecond: number;
  cpuSecondsPerMillion: number;
  p50Ms: number;
  p99Ms: number;
  idleRssBytes: number;
  peakRssBytes: number;
  refused: number;
  /** Of all that was acknowledged, warm-up included: what arrived, arrived again, was promised, and is missing of that. */
  acknowledged: number;
  arrived: number;
  twice: number;
  unknown: number;
  promised: number;
  missing: number;
  /** Share of its core that the collector used; where it is well under 1 flat out, generator and sink were the bound. */
  coreShare: number;
  /** What else the machine did meanwhile, in cores. */
  othersLoad: number;
  /** What its threads have of its CPU time, by their names. */
  threads: { name: string; share: number }[];
  ownCounts: Record<string, number>;
};

const SHAPE: CorpusShape = { seed: 20, requests: 96, spans: 512 };
const WARM_UP_S = 3;
const IDLE_MS = 2000;
/** Nothing new at the sink for so long means that nothing is on its way any more. */
const QUIET_MS = 2000;
const DRAIN_MAX_MS = 60_000;
const STARTERS: Record<Peer, (setting: PeerSetting) => Promise<RunningPeer>> = { headgate: startHeadgate, otelcol: startOtelcol };

function askSink<T>(sink: ChildProcess, order: SinkOrder): Promise<T> {
  const answer = message<T>(sink);
  sink.send(order);
  return answer;
}

export function askGenerator(generator: ChildProcess, order: GeneratorOrder): Promise<GeneratorResult>;
export function askGenerator(generator: ChildProcess, order: "acknowledged"): Promise<number[]>;
export function askGenerator(generator: ChildProcess, order: GeneratorOrder | "acknowledged"): Promise<GeneratorResult | number[]> {
  const answer = message<GeneratorResult | number[]>(generator);
  generator.send(order);
  return answer;
}

/** Resolves when the sink has had nothing new for `quietMs`. */
async function quiet(sink: ChildProcess, quietMs: number): Promise<void> {
  const until = performance.now() + DRAIN_MAX_MS;
  let arrived = -1;
  for (let since = performance.now(); performance.now() - since < quietMs && performance.now() < until; await pause(200)) {
    const figures = await askSink<SinkFigures>(sink, { kind: "figures" });
    if (figures.arrived === arrived) continue;
    arrived = figures.arrived;
    since = performance.now();
  }
}

/** Sink, peer and generator for one run, with the peer on its core; all of them end with it. */
export async function withPeer<T>(
  peer: Peer,
  setting: Omit<PeerSetting, "sink" | "folder">,
  generator: Omit<GeneratorSetting, "port" | "shape" | "protocol">,
  use: (parts: { peer: RunningPeer; pid: number; sink: ChildProcess; load: ChildProcess; idleRssBytes: number; stopPeer: () => Promise<void> }) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-peers-"));
  const children: ChildProcess[] = [];
  try {
    const sink = start("others", ["bench/peers/sink.ts", JSON.stringify(SHAPE)], {}, true);
    children.push(sink);
    const ports = await message<SinkReady>(sink);
    const running = await STARTERS[peer]({ ...setting, sink: ports, folder });
    children.push(running.process);
    const pid = running.process.pid ?? 0;
    await pause(IDLE_MS);
    const idleRssBytes = memoryOf(pid).rssBytes;
    const given: GeneratorSetting = { ...generator, protocol: setting.protocol, port: running.ports[setting.protocol], shape: SHAPE };
    const load = start("others", ["bench/peers/generator.ts", JSON.stringify(given)], {}, true);
    children.push(load);
    await message(load);
    let stopping = false;
    const stopPeer = () => {
      stopping = true;
      return stop(running.process);
    };
    const died = new Promise<never>((_, reject) => {
      running.process.once("exit", (code, signal) => stopping || reject(new Error(`${peer} ended in the middle of a run with ${code ?? signal}`)));
    });
    const used = await Promise.race([use({ peer: running, pid, sink, load, idleRssBytes, stopPeer }), died]);
    stopping = true;
    return used;
  } finally {
    for (const child of children.reverse()) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One run of one peer: warm-up, the measured time, then everything delivered and counted. */
export function measurePeer(peer: Peer, { work, protocol, rate }: Cell, { seconds, wal, engine, profiles, ...load }: RunSetting): Promise<RunFigures> {
  // So many that nothing has to be decided early at any rate seen here; what else either would do with less room is another question.
  const setting = { work, protocol, wal, engine, waitMs: WAIT_MS, tracesMax: 1_000_000, spansMax: 10_000_000 };
  return withPeer(peer, setting, load, async ({ peer: running, pid, sink, load: generator, idleRssBytes, stopPeer }) => {
    const order = { spansPerSecond: rate === 0 ? undefined : rate };
    await askGenerator(generator, { ...order, seconds: WARM_UP_S + (work === "trace" ? WAIT_MS / 1000 : 0) });
    const sinkBefore = await askSink<SinkFigures>(sink, { kind: "figures" });
    const machineBefore = machineBusySeconds();
    const cpuBefore = cpuSecondsOf(pid);
    const began = performance.now();
    const threadsBefore = cpuSecondsOfThreads(pid);
    const profile = profiles === undefined ? undefined : running.profile?.(seconds);
    const result = await askGenerator(generator, { ...order, seconds });
    const threadsAfter = cpuSecondsOfThreads(pid);
    const cpuSeconds = cpuSecondsOf(pid) - cpuBefore;
    const wallSeconds = (performance.now() - began) / 1000;
    const busySeconds = machineBusySeconds() - machineBefore;
    if (profile !== undefined) writeFileSync(join(profiles ?? "", `${work}-${protocol}-${rate === 0 ? "flat-out" : rate}.pb.gz`), await profile);
    const sinkAfter = await askSink<SinkFigures>(sink, { kind: "figures" });
    const acknowledged = await askGenerator(generator, "acknowledged");
    await quiet(sink, QUIET_MS + (work === "trace" ? WAIT_MS : 0));
    const ownCounts = await running.ownCounts();
    const { peakRssBytes } = memoryOf(pid);
    await stopPeer();
    const arrivals = await askSink<SinkFigures>(sink, { kind: "figures" });
    const check = await askSink<SinkCheck>(sink, { kind: "check", acknowledged, promised: promisedBy(peer, work) });
    const ours = cpuSeconds + result.cpuSeconds + sinkAfter.cpuSeconds - sinkBefore.cpuSeconds;
    return {
      spansPerSecond: result.acknowledged / result.seconds,
      cpuSecondsPerMillion: (cpuSeconds / result.acknowledged) * 1e6,
      p50Ms: result.p50Ms,
      p99Ms: result.p99Ms,
      idleRssBytes,
      peakRssBytes,
      refused: result.refused,
      acknowledged: acknowledged.length * SHAPE.spans,
      arrived: arrivals.arrived,
      twice: arrivals.twice,
      unknown: arrivals.unknown,
      ...check,
      coreShare: cpuSeconds / wallSeconds,
      othersLoad: Math.max(0, busySeconds - ours) / wallSeconds,
      threads: [...threadsAfter].map(([name, after]) => ({ name, share: (after - (threadsBefore.get(name) ?? 0)) / cpuSeconds })),
      ownCounts,
    };
  });
}
