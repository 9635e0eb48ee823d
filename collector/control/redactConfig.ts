import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson } from "#domain/fleet/configHash.ts";

/** The configuration as it may be shown: header values are secrets and are never sent back. */
export function redactedConfigJson(config: CollectorConfig): string {
  if (config.export.kind !== "otlp") return canonicalJson(config);
  const headers = Object.fromEntries(Object.keys(config.export.headers).map((name) => [name, "(redacted)"]));
  return canonicalJson({ ...config, export: { ...config.export, headers } });
}
