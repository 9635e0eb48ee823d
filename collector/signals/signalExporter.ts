import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";
import type { Signal } from "#domain/pipeline/signals.ts";
import { createDiscardExporter } from "../deliver/discardExporter.ts";
import type { Exporter } from "../deliver/exporter.ts";
import { createOtlpGrpcExporter } from "../deliver/otlpGrpcExporter.ts";
import { createOtlpHttpExporter } from "../deliver/otlpHttpExporter.ts";
import { HTTP_PATHS, httpUrlFor } from "./otlpPaths.ts";

const CONNECTIONS_MAX = 64;
const HOLD_MS = 30_000;

/** Why a destination can't take a signal, for whoever sends it; undefined when it can. */
export function whyNotTaken(settings: ExportSettings, signal: Signal): string | undefined {
  if (settings.kind === "archive") return `${signal} are not taken: the archive holds traces only; give the collector an OTLP destination (export.endpoint)`;
  if (settings.kind === "discard" || settings.protocol === "grpc" || httpUrlFor(settings.endpoint, signal) !== undefined) return undefined;
  return `${signal} are not taken: the path of export.endpoint is for traces alone; leave it out, or let it end in ${HTTP_PATHS.traces}`;
}

/** Where a signal goes under `settings`. What is queued already stays queued while they name a destination that can't take it. */
export function createSignalExporter(settings: ExportSettings, signal: Signal, unixMs: () => number): Exporter {
  const reason = whyNotTaken(settings, signal);
  if (reason !== undefined || settings.kind === "archive") return createHoldingExporter(reason ?? "");
  if (settings.kind === "discard") return createDiscardExporter();
  return settings.protocol === "grpc" ? createOtlpGrpcExporter(settings, signal) : createOtlpHttpExporter(settings, CONNECTIONS_MAX, unixMs, signal);
}

/** Takes nothing, and asks to wait; time in which the destination asks for that does not count as tried. */
function createHoldingExporter(message: string): Exporter {
  return {
    failure: { exhausted: "retry_exhausted", permanent: "permanent_error" },
    export: () => Promise.resolve({ kind: "retryable", message, retryAfterMs: HOLD_MS }),
    close: () => Promise.resolve(),
  };
}
