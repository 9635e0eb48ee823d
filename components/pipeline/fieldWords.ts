import { fieldsOf, PIPELINE_FIELDS, type PipelineField, type PipelineSection } from "#domain/pipeline/pipelineFields.ts";
import { FIELD_WORDS, formatSetting } from "#domain/pipeline/pipelineWords.ts";
import type { Problem } from "#domain/validation/problems.ts";

/** The DOM id of a field. */
export function fieldId(field: PipelineField): string {
  return `setting-${field.replace(".", "-")}`;
}

/** `64 KiB to 64 GiB`; empty where there are none. */
export function limitsInWords(field: PipelineField): string {
  const { min, max } = PIPELINE_FIELDS[field];
  return min === null || max === null ? "" : `${formatSetting(field, min)} to ${formatSetting(field, max)}`;
}

/** Speaks of sizes, times and labels where the schema speaks of bytes, milliseconds and names, because the form does. */
export function problemInWords(field: PipelineField, { message }: Problem): string {
  const { measure } = FIELD_WORDS[field];
  if (measure === "bytes" || measure === "ms") {
    if (message.includes("must be between")) return `must be between ${limitsInWords(field).replace(" to ", " and ")}`;
    if (/must be a whole number.*, got "/.test(message)) return "must be a number";
    if (message.includes("must be a whole number")) return `must come to a whole number of ${measure === "bytes" ? "bytes" : "milliseconds"}`;
  }
  return inFormWords(field, message);
}

/** Names of settings of the same section become the labels of their fields. Only those that can't be plain words: `sizeMax`, not `probes`. */
export function inFormWords(field: PipelineField, text: string): string {
  const section = field.split(".")[0] as PipelineSection;
  return fieldsOf(section).reduce((words, other) => {
    const name = other.split(".")[1];
    return /[A-Z]/.test(name) ? words.replace(new RegExp(`\\b${name}\\b`, "g"), `“${FIELD_WORDS[other].label}”`) : words;
  }, text);
}
