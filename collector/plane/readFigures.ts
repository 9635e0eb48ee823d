import { STAGES } from "#domain/telemetry/measurement.ts";
import type { Pipeline } from "../pipeline.ts";
import type { GrpcReceiver } from "../receive/grpcReceiver.ts";
import type { ReceiverSecurity } from "../security/receiverSecurity.ts";
import type { GcPauses } from "../self/gcPauses.ts";
import type { PlaneFigures, TimerFigures } from "../self/planeFigures.ts";
import { readHeap } from "../self/runtime.ts";

type Read = { pipeline: Pipeline; security: ReceiverSecurity; grpc: Pick<GrpcReceiver, "connectionsEnded">; gc: GcPauses };

export function readFigures({ pipeline, security, grpc, gc }: Read): PlaneFigures {
  const { ledger, timers, intake } = pipeline;
  return {
    ledger: ledger.figures(),
    timers: {
      stages: Object.fromEntries(
        STAGES.map((stage) => [stage, { cumulative: timers.totals[stage].cumulative(), count: timers.totals[stage].count, sum: timers.totals[stage].sum }]),
      ) as TimerFigures["stages"],
      acknowledgements: { ...timers.acknowledgementTotal },
      lastMinute: timers.lastMinute().snapshot(),
    },
    destinations: pipeline.destinationFigures(),
    signals: pipeline.signals.figures(),
    memory: pipeline.memory.figures(),
    waitingLogBytes: pipeline.waitingLogBytes,
    recording: pipeline.recorder?.figures() ?? null,
    archive: { ...pipeline.archive() },
    trace: intake.figures(),
    decidedByCause: new Map(intake.decidedByCause()),
    overlaps: intake.overlaps(),
    keepAll: intake.keepAllFigures(),
    tierKeys: intake.tierKeys(),
    ratios: intake.ratiosInForce(),
    queueCapacity: pipeline.queueCapacity,
    receivers: security.figures(),
    heap: readHeap(),
    gc: gc.figures(),
    grpcConnectionsEnded: new Map(grpc.connectionsEnded),
  };
}
