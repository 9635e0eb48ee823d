import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";

/** The configuration as it may be shown: header values are secrets and are never sent back. */
export function redactedConfigJson(config: CollectorConfig): string {
  const routes = config.routes?.map((route) => ({ ...route, export: redacted(route.export) }));
  return canonicalJson({ ...config, export: redacted(config.export), routes });
}

function redacted(settings: ExportSettings): ExportSettings {
  if (settings.kind !== "otlp") return settings;
  return { ...settings, headers: Object.fromEntries(Object.keys(settings.headers).map((name) => [name, "(redacted)"])) };
}
