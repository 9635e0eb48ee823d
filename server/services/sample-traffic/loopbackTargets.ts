import type { CollectorRow } from "#domain/telemetry/live.ts";

/** Sample traffic never leaves this machine. */
export function loopbackTargets(rows: readonly CollectorRow[]): string[] {
  return rows
    .flatMap(({ state, otlpGrpcEndpoint }) => (state !== "offline" && otlpGrpcEndpoint && isLoopback(otlpGrpcEndpoint) ? [otlpGrpcEndpoint] : []))
    .sort();
}

function isLoopback(endpoint: string): boolean {
  const hostname = URL.canParse(endpoint) ? new URL(endpoint).hostname : "";
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
