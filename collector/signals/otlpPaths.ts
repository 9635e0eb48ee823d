import type { Signal } from "#domain/pipeline/signals.ts";

export type OtlpSignal = "traces" | Signal;
const ALL: readonly OtlpSignal[] = ["traces", "metrics", "logs"];

/** OTLP specification, "OTLP/gRPC": the services of opentelemetry-proto. */
export const GRPC_PATHS: Record<OtlpSignal, string> = {
  traces: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
  metrics: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
  logs: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
};

/** OTLP specification, "OTLP/HTTP Request". */
export const HTTP_PATHS: Record<OtlpSignal, string> = { traces: "/v1/traces", metrics: "/v1/metrics", logs: "/v1/logs" };

const OF_GRPC = new Map(ALL.map((signal) => [GRPC_PATHS[signal], signal]));
const OF_HTTP = new Map(ALL.map((signal) => [HTTP_PATHS[signal], signal]));

/** Undefined: a path that OTLP does not have. */
export function signalOfGrpcPath(path: string): OtlpSignal | undefined {
  return OF_GRPC.get(path);
}

export function signalOfHttpPath(path: string): OtlpSignal | undefined {
  return OF_HTTP.get(path);
}

/**
 * Where an exporter that was given `endpoint` posts a signal (OpenTelemetry, "Endpoint URLs for OTLP/HTTP"): no path is the base of all signals, one that ends in /v1/traces has a
 * sister for each. Undefined where it has another path, which is for traces alone.
 */
export function httpUrlFor(endpoint: string, signal: OtlpSignal): URL | undefined {
  const url = new URL(endpoint);
  if (url.pathname === "/" && url.search === "") url.pathname = HTTP_PATHS[signal];
  else if (signal !== "traces") {
    if (!url.pathname.endsWith(HTTP_PATHS.traces)) return undefined;
    url.pathname = url.pathname.slice(0, -HTTP_PATHS.traces.length) + HTTP_PATHS[signal];
  }
  return url;
}
