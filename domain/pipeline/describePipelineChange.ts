import { canonicalJson } from "../fleet/configHash.ts";
import { PIPELINE_FIELD_NAMES, type PipelineField, type PipelineSection, readSetting } from "./pipelineFields.ts";
import type { PipelineSettings } from "./pipelineSettings.ts";
import { FIELD_WORDS, formatSetting, isTexts, SECTION_WORDS } from "./pipelineWords.ts";

/** What changes from one set of settings to the other, one sentence each: `breaker: opens after 5 → 10 failures in a row`. */
export function describePipelineChange(before: PipelineSettings, after: PipelineSettings): string[] {
  return PIPELINE_FIELD_NAMES.filter((field) => canonicalJson(readSetting(before, field)) !== canonicalJson(readSetting(after, field))).map((field) =>
    describeField(field, before, after),
  );
}

function describeField(field: PipelineField, before: PipelineSettings, after: PipelineSettings): string {
  const { verb, unit } = FIELD_WORDS[field];
  const section = SECTION_WORDS[field.split(".")[0] as PipelineSection];
  const [from, to] = [readSetting(before, field), readSetting(after, field)];
  if (isTexts(from) && isTexts(to)) return `${section}: ${verb} ${describeTexts(from, to)}`;
  const change = `${formatSetting(field, from)} → ${formatSetting(field, to)}`;
  return `${section}: ${[verb, change, unit].filter((part) => part !== "").join(" ")}`;
}

function describeTexts(before: readonly string[], after: readonly string[]): string {
  const added = after.filter((text) => !before.includes(text));
  const removed = before.filter((text) => !after.includes(text));
  if (added.length + removed.length === 0) return "in another order";
  const [more, less] = [named(added), named(removed)];
  return [more && `${more} added`, less && `${less} removed`].filter((part) => part !== "").join(", ");
}

const NAMED_MAX = 5;

function named(texts: readonly string[]): string {
  const rest = texts.length - NAMED_MAX;
  return [...texts.slice(0, NAMED_MAX), ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}
