import type { GrpcReceiverSettings } from "#domain/pipeline/receivers.ts";
import { GRPC_PATHS, signalOfGrpcPath } from "../signals/otlpPaths.ts";
import { GRPC } from "../status/rpcStatus.ts";
import { Client } from "./client.ts";
import { parseEncoding } from "./decompress.ts";
import { grpcStatus } from "./grpcAnswer.ts";
import { GrpcCall } from "./grpcCall.ts";
import type { ConnectionEnd, GrpcEngine, GrpcEngineParts, GrpcHead, GrpcStream } from "./grpcEngine.ts";
import { createLeanGrpcEngine } from "./lean/leanGrpcEngine.ts";
import { createNodeGrpcEngine } from "./nodeGrpcEngine.ts";
import { NO_TOKEN, partsBySignal, type ReceiverParts } from "./offerRequest.ts";
import { SlowRequests } from "./slowRequests.ts";

export type GrpcReceiver = {
  start(host: string, port: number): Promise<number>;
  /** No new request is let in, the ones being read are answered, then connections close; what is left at the deadline is cut. */
  shutdown(deadlineMs: number): Promise<void>;
  /** How many connections have ended, by how. */
  readonly connectionsEnded: ReadonlyMap<ConnectionEnd, number>;
};

/** OTLP/gRPC: the Export call of TraceService, MetricsService and LogsService. */
export function createGrpcReceiver(parts: ReceiverParts, settings: GrpcReceiverSettings): GrpcReceiver {
  const { admission, intake } = parts;
  const bySignal = partsBySignal(parts);
  const slow = new SlowRequests<GrpcCall>(parts.requestTimeoutMs, (call) => call.timeOut());
  const connectionsEnded = new Map<ConnectionEnd, number>();
  const engine = createEngine(settings, {
    connectionEnded: (why) => void connectionsEnded.set(why, (connectionsEnded.get(why) ?? 0) + 1),
    streamsMax: admission.settings.clientRequestsMax,
    reusePort: parts.reusePort,
    buffersDropped: (bytes) => intake.buffersDropped(bytes),
    security: parts.security,
    age: { maxMs: settings.maxConnectionAgeMs, graceMs: settings.maxConnectionAgeGraceMs },
    connected() {
      const client = new Client();
      return {
        call(head, stream) {
          const signal = signalOfGrpcPath(head.path);
          const entered = signal && bySignal[signal];
          if (turnAway(head, stream, entered !== undefined) || entered === undefined) {
            (entered ?? parts).intake.refused("unsupported");
            return undefined;
          }
          if (parts.security.tokens?.allow(head.authorization) === false) {
            entered.intake.refused("unauthenticated");
            stream.fail(grpcStatus(GRPC.unauthenticated, NO_TOKEN));
            return undefined;
          }
          return GrpcCall.begin(stream, head, client, entered, slow);
        },
        refusedStreams(count) {
          for (let i = 0; i < count; i++) intake.refused("client_limit");
        },
      };
    },
  });
  const stopAnnouncing = admission.onChange(({ clientRequestsMax }) => engine.setStreamsMax(clientRequestsMax));
  return {
    connectionsEnded,
    start: (host, port) => engine.start(host, port),
    async shutdown(deadlineMs) {
      slow.stop();
      stopAnnouncing();
      await engine.shutdown(deadlineMs);
    },
  };
}

function createEngine(settings: GrpcReceiverSettings, parts: GrpcEngineParts): GrpcEngine {
  switch (settings.engine) {
    case "node":
      return createNodeGrpcEngine(parts);
    case "lean":
      return createLeanGrpcEngine(parts);
  }
}

/** Answers what is no call of Export; true when it was none. */
function turnAway({ method, contentType, path, encoding }: GrpcHead, stream: GrpcStream, isKnown: boolean): boolean {
  if (
    method !== "POST" ||
    !(contentType === "application/grpc" || contentType.startsWith("application/grpc+") || contentType.startsWith("application/grpc;"))
  ) {
    stream.reject(415);
    return true;
  }
  if (!isKnown) {
    stream.fail(grpcStatus(GRPC.unimplemented, `unknown method ${path}; this is ${GRPC_PATHS.traces}, and the same of metrics and logs`));
    return true;
  }
  if (parseEncoding(encoding) === undefined) {
    const trailers = grpcStatus(GRPC.unimplemented, `grpc-encoding ${encoding} is not supported; use identity, gzip or zstd`);
    stream.fail({ ...trailers, "grpc-accept-encoding": "identity,gzip,zstd" });
    return true;
  }
  return false;
}
