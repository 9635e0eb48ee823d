import { rmSync } from "node:fs";
import { temporaryFolder } from "../fixtures/environment.ts";
import { type CollectorRun, startCollector } from "../fixtures/managedCollector.ts";
import { type Ledger, ledgerOf, type Metrics, scrape, unaccounted } from "../fixtures/metrics.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { processUsage } from "./processUsage.ts";

export type WatchedSample = { atMs: number; rssBytes: number; cpuSeconds: number; ledger: Ledger; metrics: Metrics };

export type WatchedCollector = {
  readonly otlpGrpc: number;
  readonly otlpHttp: number;
  readonly metricsPort: number;
  readonly pid: number;
  readonly folder: string;
  /** All that its present process has printed. */
  output(): string;
  /** A scrape; throws when the ledger does not balance. */
  sample(): Promise<WatchedSample>;
  /** Waits until nothing is queued or waits. */
  settled(timeoutMs?: number): Promise<Ledger>;
  /** Samples every so often; those of a process that is down are left out. A ledger that does not balance is thrown by `stop`. */
  watch(everyMs?: number): { samples: readonly WatchedSample[]; stop(): Promise<readonly WatchedSample[]> };
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with how it ended. */
  terminate(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** After `kill` or `terminate`: starts again on the same ports and data, with the same configuration or another. */
  restart(config?: unknown): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
};

const SAMPLES_MAX = 100_000;

/** A real collector process in a folder of its own, on free ports that it keeps over restarts. */
export async function startWatchedCollector(config: unknown, env: Record<string, string> = {}): Promise<WatchedCollector> {
  const folder = temporaryFolder();
  let current = config;
  let run: CollectorRun = await startCollector(folder, { config, env });
  const ports = { otlpGrpc: run.otlpGrpc, otlpHttp: run.otlpHttp, metricsPort: run.metricsPort };
  let isUp = true;

  async function sample(): Promise<WatchedSample> {
    const metrics = await scrape(ports.metricsPort);
    const ledger = ledgerOf(metrics);
    if (unaccounted(ledger) !== 0) throw new Error(`the ledger does not balance by ${unaccounted(ledger)}: ${JSON.stringify(ledger)}`);
    return { atMs: Date.now(), ...processUsage(run.process.pid), ledger, metrics };
  }

  function watch(everyMs = 200) {
    const samples: WatchedSample[] = [];
    let going = true;
    const watching = (async () => {
      while (going) {
        const { pid } = run.process;
        try {
          samples.push(await sample());
          if (samples.length > SAMPLES_MAX) samples.shift();
        } catch (error) {
          // A kill in the middle of a scrape says nothing about the ledger.
          if (isUp && run.process.pid === pid) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
      return samples;
    })();
    watching.catch(() => {});
    return {
      samples,
      stop() {
        going = false;
        return watching;
      },
    };
  }

  return {
    ...ports,
    folder,
    get pid() {
      return run.process.pid;
    },
    output: () => run.process.output(),
    sample,
    settled: (timeoutMs = 30_000) =>
      waitFor(
        "an empty queue",
        async () => {
          const { ledger } = await sample();
          return ledger.queued === 0 && ledger.waiting === 0 && ledger;
        },
        { timeoutMs },
      ),
    watch,
    async kill() {
      isUp = false;
      run.process.kill("SIGKILL");
      await run.process.ended;
    },
    terminate() {
      isUp = false;
      return run.process.stop();
    },
    async restart(config_ = current) {
      current = config_;
      const fixed = {
        HEADGATE_OTLP_GRPC_PORT: String(ports.otlpGrpc),
        HEADGATE_OTLP_HTTP_PORT: String(ports.otlpHttp),
        HEADGATE_METRICS_PORT: String(ports.metricsPort),
      };
      run = await startCollector(folder, { config: current, env: { ...env, ...fixed } });
      isUp = true;
    },
    async remove() {
      isUp = false;
      await run.process.stop().finally(() => rmSync(folder, { recursive: true, force: true }));
    },
  };
}
