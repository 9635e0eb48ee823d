import { randomUUID } from "node:crypto";
import { systemClock } from "./clock.ts";
import { DataFolder } from "./control/dataFolder.ts";
import type { FleetClient } from "./control/fleetClient.ts";
import { KeepAllKeeper } from "./control/keepAllKeeper.ts";
import { MeasurementRing } from "./control/measurementRing.ts";
import { DROP_REASONS } from "./deliver/exporter.ts";
import type { CollectorEnv } from "./env.ts";
import { isLoopback } from "./listen.ts";
import type { Log } from "./log.ts";
import { createFleetDelegate } from "./managed.ts";
import { bound } from "./plane/localPlane.ts";
import { startPlane } from "./plane/startPlane.ts";
import { REFUSAL_REASONS } from "./receive/answer.ts";
import { Replayer } from "./replay/replayer.ts";
import { collectorMetrics } from "./self/collectorMetrics.ts";
import { measure } from "./self/measure.ts";
import { createMetricsServer } from "./self/metricsServer.ts";
import { Profiler } from "./self/profiler.ts";
import { type DelayFigures, readProcess } from "./self/runtime.ts";
import { SecondTicks } from "./self/secondTicks.ts";
import { TierWatches } from "./self/tierWatches.ts";
import { startingConfig } from "./startingConfig.ts";

const RECEIVERS_CLOSE_MS = 1500;
const DELIVER_MS = 5500;
const CONTROL_CLOSE_MS = 500;

export type Collector = {
  ports: { otlpGrpc: number; otlpHttp: number; metrics: number };
  /** Reads the files of certificates and tokens now, instead of at the next interval. */
  lookAtFiles(): Promise<void>;
  /** Ordered: no new requests, those being read answered, the queue delivered, the control plane told, metrics last. Ends within ten seconds. */
  shutdown(): Promise<void>;
};

/** Starts everything and connects it. Throws AppError with one line for whoever started it. */
export async function startCollector(env: CollectorEnv, configFile: string | undefined, log: Log): Promise<Collector> {
  const { logger } = log;
  const clock = systemClock;
  const processStartMs = clock.unixMs() - performance.now();
  const data = new DataFolder(env.dataDir);
  const start = await startingConfig(configFile ?? env.configFile, env.fleetUrl !== undefined, data);
  if (start.warning !== undefined) logger.warn(start.warning);
  const keepAll = new KeepAllKeeper({ data, clock, log: logger });
  if (env.fleetUrl !== undefined) await keepAll.load();
  const plane = await startPlane({
    ...{ config: start.config, revision: start.revision, dataDir: env.dataDir, processStartMs },
    ...{ process: start.process, otlp: env.otlp, data, keepAll: keepAll.rules },
    log: (level, fields, message) => logger[level](fields, message),
  });
  keepAll.start((rules) => plane.keepAll(rules));
  let revision = start.revision;
  let ready = false;

  let draining = false;
  let eventLoopDelay: DelayFigures = { p50Ms: 0, p99Ms: 0 };

  const profiler = new Profiler((request, signal) => plane.profile(request, signal));
  const replayer = new Replayer();
  const metrics = createMetricsServer({
    async read() {
      const figures = await plane.figures();
      const config = { revision, hash: plane.hash };
      return collectorMetrics({
        figures,
        process: readProcess(),
        eventLoopDelay,
        processStartMs,
        config,
        dropReasons: DROP_REASONS,
        refusalReasons: REFUSAL_REASONS,
        profiler: profiler.figures(),
      });
    },
    notReady: () => (draining ? "shutting down" : ready ? undefined : "starting"),
    explain: (traceId) => plane.explain(traceId),
    profile: (request, signal) => profiler.profile(request, signal),
    profilesFor: env.profilesFor,
  });
  const ports = {
    ...plane.ports,
    metrics: await bound(metrics.start(env.metrics.host, env.metrics.port), env.metrics.host, env.metrics.port, "HEADGATE_METRICS_PORT"),
  };

  let fleet: FleetClient | undefined;
  const ring = new MeasurementRing();
  if (env.fleetUrl !== undefined) {
    // Loaded only where it is needed: gRPC takes ten megabytes.
    const { FleetClient } = await import("./control/fleetClient.ts");
    const identity = (await data.readIdentity()) ?? { instanceUid: randomUUID() };
    await data.writeIdentity(identity);
    const delegate = createFleetDelegate({
      env,
      plane,
      profiler,
      replayer,
      data,
      keepAll,
      clock,
      log,
      instanceUid: identity.instanceUid,
      processStartMs,
      ports,
      revision: {
        get: () => revision,
        set: (applied) => {
          revision = applied;
        },
      },
    });
    fleet = new FleetClient({ url: env.fleetUrl, token: env.enrolmentToken, identity, data, ring, clock, random: Math.random, log: logger, delegate });
    fleet.start();
  }

  const tiers = new TierWatches();
  let windowStart = clock.now();
  const takeMeasurement = async (atMs: number) => {
    const { window, gc, figures, ...ended } = await plane.endWindow();
    eventLoopDelay = ended.eventLoopDelay;
    const now = clock.now();
    const windowMs = Math.max(1, now - windowStart);
    windowStart = now;
    if (fleet === undefined) return;
    tiers.observe(figures.ledger, figures.tierKeys, atMs);
    const about = { atMs, windowMs, processStartMs, revision, tierWatches: tiers.told(atMs) };
    ring.push(measure({ ...about, figures, window, process: readProcess(), eventLoopDelay, gc }));
    fleet.measured();
  };
  const ticks = new SecondTicks(clock, (atMs) => void takeMeasurement(atMs));
  ticks.start();
  ready = true;
  logger.info({ source: start.source, revision, hash: plane.hash, name: env.name, dataDir: env.dataDir }, "running configuration");
  if (!isLoopback(env.otlp.host) && start.process.receivers.tls === undefined) {
    logger.warn({ host: env.otlp.host }, "OTLP listens beyond this machine without TLS (receivers.tls)");
  }
  if (!isLoopback(env.metrics.host)) logger.warn({ host: env.metrics.host }, "metrics listens beyond this machine without TLS");

  return {
    ports,
    lookAtFiles: () => plane.lookAtFiles(),
    async shutdown() {
      draining = true;
      keepAll.stop();
      void replayer.stop();
      await plane.closeReceivers(RECEIVERS_CLOSE_MS);
      await plane.drain(DELIVER_MS);
      ticks.stop();
      await takeMeasurement(Math.ceil(clock.unixMs() / 1000) * 1000);
      await fleet?.stop(CONTROL_CLOSE_MS);
      await metrics.stop();
      const { received, sampledOut, delivered, dropped, queued, waiting } = (await plane.figures()).ledger;
      await plane.stop();
      logger.info(
        { received, sampledOut, delivered, dropped, queued, waiting },
        queued + waiting > 0 ? "stopped; what is queued or waits is in the write-ahead log, for the next start" : "stopped",
      );
    },
  };
}
