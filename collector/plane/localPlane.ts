import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import type { KeepAllRule } from "#domain/fleet/keepAll.ts";
import type { ReceiverSettings } from "#domain/pipeline/receivers.ts";
import { AppError, messageOf } from "../appError.ts";
import { systemClock } from "../clock.ts";
import type { CollectorEnv } from "../env.ts";
import { createHeapRelief } from "../heapRelief.ts";
import { Pipeline } from "../pipeline.ts";
import { BodyPool } from "../receive/bodyPool.ts";
import { createGrpcReceiver } from "../receive/grpcReceiver.ts";
import { createHttpReceiver } from "../receive/httpReceiver.ts";
import { RepeatedErrors } from "../repeatedErrors.ts";
import { ReceiverSecurity } from "../security/receiverSecurity.ts";
import { GcPauses } from "../self/gcPauses.ts";
import { recordThread } from "../self/recordThread.ts";
import { EventLoopDelay } from "../self/runtime.ts";
import type { ShardRouter } from "../shard/shardRouter.ts";
import type { Plane, PlaneLog } from "./plane.ts";
import { readFigures } from "./readFigures.ts";

const REQUEST_TIMEOUT_MS = 30_000;

export type PlaneParts = {
  config: CollectorConfig;
  revision: number;
  keepAll: readonly KeepAllRule[];
  receivers: ReceiverSettings;
  otlp: CollectorEnv["otlp"];
  dataDir: string;
  processStartMs: number;
  log: PlaneLog;
  /** Of so many equal planes it is one. */
  workers: number;
  /** Others listen on the same ports. */
  reusePort: boolean;
  /** False: it is there for what its folder still holds. */
  receives: boolean;
  shards?: ShardRouter;
  memoryHeld?: () => number;
};

/** The data plane in this thread. Rejects with AppError, one line, when it can't start. */
export async function startLocalPlane(parts: PlaneParts): Promise<Plane> {
  const { receivers, otlp, receives, reusePort, log, ...rest } = parts;
  const clock = systemClock;
  const errors = new RepeatedErrors(clock, (kind, fields) => log("warn", fields, kind));
  const security = await ReceiverSecurity.open(receivers, clock, (message) => log("warn", {}, message));
  const relief = createHeapRelief();
  const pipeline = await Pipeline.create({ ...rest, records: receives, clock, random: Math.random, errors, relief, log });
  const { intake, admission } = pipeline;
  const signals = pipeline.signals.entrances(admission);
  const receiveParts = { intake, admission, signals, pool: new BodyPool(), requestTimeoutMs: REQUEST_TIMEOUT_MS, security, reusePort };
  const grpc = createGrpcReceiver(receiveParts, receivers.grpc);
  const http = createHttpReceiver(receiveParts, receivers.http);
  const ports = {
    otlpGrpc: !receives ? 0 : await bound(grpc.start(otlp.host, otlp.grpcPort), otlp.host, otlp.grpcPort, "HEADGATE_OTLP_GRPC_PORT"),
    otlpHttp: !receives ? 0 : await bound(http.start(otlp.host, otlp.httpPort), otlp.host, otlp.httpPort, "HEADGATE_OTLP_HTTP_PORT"),
  };
  const eventLoopDelay = new EventLoopDelay();
  eventLoopDelay.start();
  const gc = new GcPauses();
  gc.start();
  relief.afterStart();
  return {
    ports,
    get config() {
      return pipeline.config;
    },
    get hash() {
      return pipeline.hash;
    },
    apply: (input, number) => pipeline.apply(input, number),
    keepAll: (rules) => pipeline.keepAll(rules),
    figures: async () => readFigures({ pipeline, security, grpc, gc }),
    async endWindow() {
      errors.flush();
      return {
        window: pipeline.timers.endWindow(),
        eventLoopDelay: eventLoopDelay.take(),
        gc: gc.take(),
        figures: readFigures({ pipeline, security, grpc, gc }),
      };
    },
    explain: async (traceId) => intake.explain(traceId),
    startShadow: async (start) => intake.startShadow(start),
    stopShadow: async () => intake.stopShadow(),
    shadowReport: async () => intake.shadowReport(),
    profile: async (request, signal) => [await recordThread(request, "main", signal)],
    lookAtFiles: () => security.look(),
    async closeReceivers(deadlineMs) {
      admission.draining = true;
      await Promise.all([grpc.shutdown(deadlineMs), http.shutdown(deadlineMs)]);
    },
    async drain(deadlineMs) {
      await pipeline.drain(deadlineMs);
      eventLoopDelay.stop();
      gc.stop();
    },
    async stop() {
      security.stop();
      errors.flush();
    },
  };
}

/** The port, or an AppError that says which variable to change. */
export async function bound(starting: Promise<number>, host: string, port: number, variable: string): Promise<number> {
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
