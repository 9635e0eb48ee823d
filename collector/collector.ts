import { randomUUID } from "node:crypto";
import { AppError, messageOf } from "./appError.ts";
import { systemClock } from "./clock.ts";
import { DataFolder } from "./control/dataFolder.ts";
import type { FleetClient } from "./control/fleetClient.ts";
import { MeasurementRing } from "./control/measurementRing.ts";
import { DROP_REASONS } from "./deliver/exporter.ts";
import type { CollectorEnv } from "./env.ts";
import { createHeapRelief } from "./heapRelief.ts";
import { isLoopback } from "./listen.ts";
import type { Log } from "./log.ts";
import { createFleetDelegate } from "./managed.ts";
import { Pipeline } from "./pipeline.ts";
import { REFUSAL_REASONS } from "./receive/answer.ts";
import { BodyPool } from "./receive/bodyPool.ts";
import { createGrpcReceiver } from "./receive/grpcReceiver.ts";
import { createHttpReceiver } from "./receive/httpReceiver.ts";
import { RepeatedErrors } from "./repeatedErrors.ts";
import { collectorMetrics } from "./self/collectorMetrics.ts";
import { measure } from "./self/measure.ts";
import { createMetricsServer } from "./self/metricsServer.ts";
import { EventLoopDelay, runtimeFigures } from "./self/runtime.ts";
import { SecondTicks } from "./self/secondTicks.ts";
import { startingConfig } from "./startingConfig.ts";

const REQUEST_TIMEOUT_MS = 30_000;
const RECEIVERS_CLOSE_MS = 1500;
const DELIVER_MS = 5500;
const CONTROL_CLOSE_MS = 500;

export type Collector = {
  ports: { otlpGrpc: number; otlpHttp: number; metrics: number };
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
  const errors = new RepeatedErrors(clock, (kind, fields) => logger.warn(fields, kind));
  const relief = createHeapRelief();
  const pipeline = await Pipeline.create({
    ...start,
    dataDir: env.dataDir,
    clock,
    random: Math.random,
    errors,
    relief,
    processStartMs,
    log: (level, fields, message) => logger[level](fields, message),
  });
  let revision = start.revision;
  let ready = false;

  const { ledger, timers, admission, intake, memory: limiter } = pipeline;
  const receiveParts = { intake, admission, pool: new BodyPool(), requestTimeoutMs: REQUEST_TIMEOUT_MS };
  const grpc = createGrpcReceiver(receiveParts, start.process.receivers.grpc);
  const http = createHttpReceiver(receiveParts);
  const metrics = createMetricsServer(
    () =>
      collectorMetrics({
        ledger,
        timers,
        runtime: runtimeFigures(),
        processStartMs,
        destinations: pipeline.destinationFigures(),
        memory: limiter.figures(),
        waitingLogBytes: pipeline.waitingLogBytes,
        queueCapacitySpans: pipeline.config.pipeline.queue.spansMax * pipeline.destinations.list.length,
        archive: pipeline.archive(),
        trace: intake.figures(),
        decidedByCause: intake.decidedByCause(),
        ratios: intake.ratiosInForce(),
        config: { revision, hash: pipeline.hash },
        dropReasons: DROP_REASONS,
        refusalReasons: REFUSAL_REASONS,
      }),
    () => (admission.draining ? "shutting down" : ready ? undefined : "starting"),
    (traceId) => intake.explain(traceId),
  );
  const ports = {
    otlpGrpc: await bound(grpc.start(env.otlp.host, env.otlp.grpcPort), env.otlp.host, env.otlp.grpcPort, "HEADGATE_OTLP_GRPC_PORT"),
    otlpHttp: await bound(http.start(env.otlp.host, env.otlp.httpPort), env.otlp.host, env.otlp.httpPort, "HEADGATE_OTLP_HTTP_PORT"),
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
      pipeline,
      data,
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

  const eventLoopDelay = new EventLoopDelay();
  let windowStart = clock.now();
  const takeMeasurement = (atMs: number) => {
    const window = timers.endWindow();
    const now = clock.now();
    const windowMs = Math.max(1, now - windowStart);
    windowStart = now;
    errors.flush();
    const eventLoopDelayP99Ms = eventLoopDelay.takeP99Ms();
    if (fleet === undefined) return;
    const { spansMax, bytesMax } = pipeline.config.pipeline.queue;
    const destinations = pipeline.destinationFigures();
    const count = pipeline.destinations.list.length;
    const capacity = {
      spans: destinations.reduce((sum, { memorySpans }) => sum + memorySpans, 0),
      bytes: destinations.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      capacitySpans: spansMax * count,
      capacityBytes: bytesMax * count,
    };
    const archive = pipeline.archive();
    ring.push(
      measure({
        atMs,
        windowMs,
        processStartMs,
        revision,
        ledger,
        window,
        runtime: runtimeFigures(),
        eventLoopDelayP99Ms,
        queue: capacity,
        archive,
        ratios: intake.ratiosInForce(),
        trace: intake.figures(),
        destinations,
        memory: limiter.figures(),
      }),
    );
    fleet.measured();
  };
  const ticks = new SecondTicks(clock, takeMeasurement);
  eventLoopDelay.start();
  ticks.start();
  relief.afterStart();
  ready = true;
  logger.info({ source: start.source, revision, hash: pipeline.hash, name: env.name, dataDir: env.dataDir }, "running configuration");
  for (const [host, what] of [
    [env.otlp.host, "OTLP"],
    [env.metrics.host, "metrics"],
  ]) {
    if (!isLoopback(host)) logger.warn({ host }, `${what} listens beyond this machine without TLS`);
  }

  return {
    ports,
    async shutdown() {
      admission.draining = true;
      await Promise.all([grpc.shutdown(RECEIVERS_CLOSE_MS), http.shutdown(RECEIVERS_CLOSE_MS)]);
      await pipeline.drain(DELIVER_MS);
      ticks.stop();
      eventLoopDelay.stop();
      takeMeasurement(Math.ceil(clock.unixMs() / 1000) * 1000);
      await fleet?.stop(CONTROL_CLOSE_MS);
      await metrics.stop();
      errors.flush();
      logger.info(
        {
          received: ledger.received,
          sampledOut: ledger.sampledOut,
          delivered: ledger.delivered,
          dropped: ledger.dropped,
          queued: ledger.queued,
          waiting: ledger.waiting,
        },
        ledger.queued + ledger.waiting > 0 ? "stopped; what is queued or waits is in the write-ahead log, for the next start" : "stopped",
      );
    },
  };
}

async function bound(starting: Promise<number>, host: string, port: number, variable: string): Promise<number> {
  try {
    return await starting;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE")
      throw new AppError("listen", `port ${port} on ${host} is in use; stop what listens there or set ${variable} to another port`, error);
    if (code === "EACCES") throw new AppError("listen", `port ${port} on ${host} needs more rights; set ${variable} to a port above 1023`, error);
    throw new AppError("listen", `can't listen on ${host}:${port} (${variable}): ${messageOf(error)}`, error);
  }
}
