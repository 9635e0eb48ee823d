import { PIPELINE_FIELD_NAMES, type PipelineField, type PipelineSection, readSetting } from "./pipelineFields.ts";
import type { PipelineSettings } from "./pipelineSettings.ts";
import { FIELD_WORDS, formatSetting, SECTION_WORDS } from "./pipelineWords.ts";

/** What changes from one set of settings to the other, one sentence each: `breaker: opens after 5 → 10 failures in a row`. */
export function describePipelineChange(before: PipelineSettings, after: PipelineSettings): string[] {
  return PIPELINE_FIELD_NAMES.filter((field) => readSetting(before, field) !== readSetting(after, field)).map((field) => describeField(field, before, after));
}

function describeField(field: PipelineField, before: PipelineSettings, after: PipelineSettings): string {
  const { verb, unit } = FIELD_WORDS[field];
  const section = SECTION_WORDS[field.split(".")[0] as PipelineSection];
  const change = `${formatSetting(field, readSetting(before, field))} → ${formatSetting(field, readSetting(after, field))}`;
  return `${section}: ${[verb, change, unit].filter((part) => part !== "").join(" ")}`;
}
