import { describePipelineChange } from "#domain/pipeline/describePipelineChange.ts";
import { type PipelineSettings, pipelineSettingsSchema } from "#domain/pipeline/pipelineSettings.ts";
import type { DocumentKind } from "../documents/documentKind.ts";
import { parseInput } from "../parseInput.ts";

export const pipelineKind: DocumentKind<PipelineSettings> = {
  kind: "pipeline",
  entity: "pipeline",
  noun: "set of pipeline settings",
  take: (input) => ({ body: toSettings(input, "body"), secrets: {} }),
  show: (version) => toSettings(version.body),
  describe: describePipelineChange,
};

function toSettings(input: unknown, root = ""): PipelineSettings {
  return parseInput(pipelineSettingsSchema, input ?? {}, root);
}
