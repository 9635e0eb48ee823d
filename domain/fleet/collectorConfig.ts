import { z } from "zod";
import { type ExportSettings, exportSettingsSchema } from "../pipeline/exportSettings.ts";
import { type PipelineSettings, pipelineSettingsSchema } from "../pipeline/pipelineSettings.ts";
import { type Route, routesSchema } from "../pipeline/routes.ts";
import { type SamplingPolicy, samplingPolicySchema } from "../sampling/samplingPolicy.ts";
import { type Parsed, parseOrProblems } from "../validation/problems.ts";

/** The whole of what a collector runs: the file's format and what the control plane sends are this one document. */
export type CollectorConfig = { sampling: SamplingPolicy; pipeline: PipelineSettings; export: ExportSettings; routes?: Route[] };

export const collectorConfigSchema = z
  .strictObject({
    sampling: samplingPolicySchema.prefault({}),
    pipeline: pipelineSettingsSchema.prefault({}),
    export: exportSettingsSchema,
    routes: routesSchema,
  })
  .superRefine(({ sampling, routes }, ctx) => {
    const names = new Set(sampling.tiers.map(({ name }) => name));
    for (const [at, { tiers }] of (routes ?? []).entries()) {
      for (const [i, tier] of tiers.entries()) {
        if (!names.has(tier))
          ctx.addIssue({ code: "custom", path: ["routes", at, "tiers", i], message: `there is no tier ${JSON.stringify(tier)} in sampling.tiers` });
      }
    }
  })
  .superRefine(({ sampling, pipeline }, ctx) => {
    // Else a request could be too large to wait at all.
    const bytesMin = 2 * pipeline.receive.requestBytesMax;
    if (sampling.scope === "trace" && sampling.bytesMax < bytesMin) {
      ctx.addIssue({
        code: "custom",
        path: ["sampling", "bytesMax"],
        message: `must be at least ${bytesMin}, twice pipeline.receive.requestBytesMax, got ${sampling.bytesMax}`,
      });
    }
  });

/** Every part has defaults; a problem's path names the place (`sampling.tiers[2].keep.ratio`). Never throws. */
export function parseCollectorConfig(input: unknown): Parsed<CollectorConfig> {
  const parsed = parseOrProblems(collectorConfigSchema, input ?? {});
  return parsed.ok ? { ok: true, value: parsed.value as CollectorConfig } : parsed;
}
