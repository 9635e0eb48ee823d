import { MessageChannel, type MessagePort, type TransferListItem } from "node:worker_threads";
import type { CarryOver } from "#domain/fleet/carryOver.ts";
import { parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { configHash } from "#domain/fleet/configHash.ts";
import type { ProfileRequest } from "#domain/fleet/profileRequest.ts";
import { mergeShadowReports } from "#domain/sampling/compare/mergeShadowReports.ts";
import type { Explanation } from "#domain/sampling/explanation.ts";
import { messageOf } from "../appError.ts";
import type { Applied } from "../pipeline.ts";
import { recordThread } from "../self/recordThread.ts";
import type { ThreadProfile } from "../self/threadProfile.ts";
import type { PlaneParts } from "./localPlane.ts";
import { mergeFigures, mergeWindows } from "./mergeFigures.ts";
import { pickExplanation } from "./pickExplanation.ts";
import type { Plane } from "./plane.ts";
import type { PlaneAsk, ShardPlaces } from "./planeMessages.ts";
import { PlaneWorker } from "./planeWorker.ts";
import { workerFolder } from "./workerFolder.ts";

type Parts = Omit<PlaneParts, "shards" | "memoryHeld" | "reusePort" | "receives"> & {
  /** Numbers of threads that there are no more, whose folders still hold something. */
  leftovers: readonly number[];
  /** Of the hash that gives a trace its thread; the same at every start, as what waits on disk stays with its thread. */
  seed: number;
  died: (error: Error) => void;
};

/**
 * Several equal data planes in threads of their own, each with its part of every bound: all listen on the same ports and the kernel spreads connections over them
 * (SO_REUSEPORT); in trace scope each decides on the traces that hash to it. Rejects with AppError, one line, when one can't start.
 */
export async function startThreadedPlane(parts: Parts): Promise<Plane> {
  const { workers: count, leftovers, seed, died, log, ...shared } = parts;
  const workers = makeWorkers(parts);
  const all = <A extends PlaneAsk>(question: A) => Promise.all(workers.map((worker) => worker.ask(question)));
  let { config } = parts;
  let ports: Plane["ports"];
  try {
    // The first takes the ports, also where any free one will do; the others listen there too.
    ports = await workers[0].ask({ ask: "start", otlp: shared.otlp });
    const otlp = { host: shared.otlp.host, grpcPort: ports.otlpGrpc, httpPort: ports.otlpHttp };
    await Promise.all(workers.slice(1).map((worker) => worker.ask({ ask: "start", otlp })));
  } catch (error) {
    await Promise.all(workers.map((worker) => worker.end()));
    throw error;
  }
  let applying: Promise<unknown> = Promise.resolve();

  /** One after the other, so that where one refuses (a folder that can't be had) those before it can go back. */
  async function apply(input: unknown, revision: number): Promise<Applied> {
    const parsed = parseCollectorConfig(input);
    if (!parsed.ok) return parsed;
    const done: Applied[] = [];
    for (const [at, worker] of workers.entries()) {
      const applied = await worker.ask({ ask: "apply", input: parsed.value, revision });
      done.push(applied);
      if (applied.ok) continue;
      for (const before of workers.slice(0, at)) await before.ask({ ask: "apply", input: config, revision });
      return applied;
    }
    config = parsed.value;
    const changed = done.some((applied) => applied.ok && applied.changed);
    return { ok: true, hash: configHash(config), changed, carryOver: sumCarryOvers(done) };
  }

  /** Also when one of them can't any more, the others do. */
  async function each(question: PlaneAsk, what: string): Promise<void> {
    for (const done of await Promise.allSettled(workers.map((worker) => worker.ask(question)))) {
      if (done.status === "rejected") log("warn", { reason: messageOf(done.reason) }, `a thread did not ${what} in order`);
    }
  }

  /** When one can't, or nobody wants it any more, all of them end. */
  async function profile(request: ProfileRequest, signal: AbortSignal): Promise<ThreadProfile[]> {
    const failed = new AbortController();
    const end = AbortSignal.any([signal, failed.signal]);
    end.addEventListener("abort", () => void each({ ask: "endProfile" }, "end its profile"), { once: true });
    const threads = workers.map(async (worker, index) => {
      const recorded = await worker.ask({ ask: "profile", request });
      return recorded.map((one) => ({ ...one, thread: `worker-${index}` }));
    });
    const all = [recordThread(request, "main", end).then((one) => [one]), ...threads];
    try {
      return (await Promise.all(all)).flat();
    } catch (error) {
      failed.abort(error);
      await Promise.allSettled(all);
      throw error;
    }
  }

  return {
    ports,
    get config() {
      return config;
    },
    get hash() {
      return configHash(config);
    },
    apply(input, revision) {
      const turn = applying.then(() => apply(input, revision));
      applying = turn.catch(() => undefined);
      return turn;
    },
    async keepAll(rules) {
      await all({ ask: "keepAll", rules });
    },
    figures: async () => mergeFigures(await all({ ask: "figures" })),
    endWindow: async () => mergeWindows(await all({ ask: "endWindow" })),
    explain: async (traceId): Promise<Explanation> => pickExplanation(await all({ ask: "explain", traceId })),
    async startShadow(start) {
      await all({ ask: "startShadow", start });
    },
    async stopShadow() {
      await all({ ask: "stopShadow" });
    },
    async shadowReport() {
      const reports = (await all({ ask: "shadowReport" })).filter((report) => report !== undefined);
      return reports.length === 0 ? undefined : mergeShadowReports(reports);
    },
    profile,
    lookAtFiles: () => each({ ask: "lookAtFiles" }, "look at its files"),
    closeReceivers: (deadlineMs) => each({ ask: "closeReceivers", deadlineMs }, "close its receivers"),
    drain: (deadlineMs) => each({ ask: "drain", deadlineMs }, "deliver what it had"),
    async stop() {
      await each({ ask: "stop" }, "stop");
      await Promise.all(workers.map((worker) => worker.end()));
    },
  };
}

/** Those that receive first. */
function makeWorkers({ workers: count, leftovers, seed, died, log, dataDir, ...rest }: Parts): PlaneWorker[] {
  const places = [...Array.from({ length: count }, (_, own) => own), ...leftovers];
  const closed = new Int32Array(new SharedArrayBuffer(4 * count));
  const held = new Float64Array(new SharedArrayBuffer(8 * places.length));
  const links = linkAll(count);
  return places.map((number, index) => {
    const receives = index < count;
    const ports = receives && count > 1 ? links[index] : undefined;
    const shards: ShardPlaces | undefined = ports && { own: index, seed, ports, closed };
    const transfer: TransferListItem[] = (ports ?? []).filter((port) => port !== undefined);
    const { otlp: _otlp, ...data } = rest;
    return new PlaneWorker(
      { ...data, dataDir: workerFolder(dataDir, number), workers: count, reusePort: true, receives, shards, held, index },
      transfer,
      log,
      died,
    );
  });
}

/** `links[a][b]` leads from a to b. */
function linkAll(count: number): (MessagePort | undefined)[][] {
  const links: (MessagePort | undefined)[][] = Array.from({ length: count }, () => new Array(count).fill(undefined));
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      const { port1, port2 } = new MessageChannel();
      links[a][b] = port1;
      links[b][a] = port2;
    }
  }
  return links;
}

function sumCarryOvers(all: readonly Applied[]): CarryOver | undefined {
  let sum: CarryOver | undefined;
  for (const applied of all) {
    if (!applied.ok || applied.carryOver === undefined) continue;
    const { carryOver } = applied;
    sum =
      sum === undefined
        ? carryOver
        : {
            tracesCarriedOver: sum.tracesCarriedOver + carryOver.tracesCarriedOver,
            spansCarriedOver: sum.spansCarriedOver + carryOver.spansCarriedOver,
            tracesDecidedEarly: sum.tracesDecidedEarly + carryOver.tracesDecidedEarly,
            spansDecidedEarly: sum.spansDecidedEarly + carryOver.spansDecidedEarly,
            spansLost: sum.spansLost + carryOver.spansLost,
          };
  }
  return sum;
}
