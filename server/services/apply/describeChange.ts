import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { describeExportChange } from "#domain/pipeline/describeExportChange.ts";
import { describePipelineChange } from "#domain/pipeline/describePipelineChange.ts";
import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";
import { describePolicyChange } from "#domain/sampling/describePolicyChange.ts";
import type { Change } from "./nextParts.ts";

/** What a change to one kind of document does to a configuration, a sentence each; of headers their names alone. */
export function describeChange(kind: Change["kind"], running: CollectorConfig, next: CollectorConfig): string[] {
  switch (kind) {
    case "policy":
      return describePolicyChange(running.sampling, next.sampling);
    case "destination":
      return describeExportChange(withoutHeaderValues(running.export), withoutHeaderValues(next.export));
    case "pipeline":
      return describePipelineChange(running.pipeline, next.pipeline);
  }
}

function withoutHeaderValues(settings: ExportSettings): ExportSettings {
  return settings.kind === "otlp" ? { ...settings, headers: Object.fromEntries(Object.keys(settings.headers).map((name) => [name, ""])) } : settings;
}
