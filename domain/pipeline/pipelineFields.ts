import type { z } from "zod";
import { type PipelineSettings, pipelineSettingsSchema } from "./pipelineSettings.ts";

export type PipelineSection = keyof PipelineSettings;
/** `queue.spansMax`: a section and a setting in it. */
export type PipelineField = { [S in PipelineSection]: `${S}.${keyof PipelineSettings[S] & string}` }[PipelineSection];
export type FieldValue = number | boolean | string | readonly string[];

export type FieldRules = {
  /** What kind of value it takes; `choice` is one of `choices`, `texts` a list of texts. */
  kind: "whole" | "decimal" | "boolean" | "choice" | "texts";
  /** Of a number; null where there is none. */
  min: number | null;
  max: number | null;
  choices: readonly string[];
  description: string;
  default: FieldValue;
};

/** Every setting with its limits, default and meaning, read off the schema in the schema's order. */
export const PIPELINE_FIELDS = readFields();
export const PIPELINE_FIELD_NAMES = Object.keys(PIPELINE_FIELDS) as PipelineField[];
export const PIPELINE_SECTIONS = Object.keys(pipelineSettingsSchema.shape) as PipelineSection[];

export function fieldsOf(section: PipelineSection): PipelineField[] {
  return PIPELINE_FIELD_NAMES.filter((field) => field.startsWith(`${section}.`));
}

export function readSetting(settings: PipelineSettings, field: PipelineField): FieldValue {
  const [section, name] = field.split(".");
  return (settings as unknown as Record<string, Record<string, FieldValue>>)[section][name];
}

function readFields(): Record<PipelineField, FieldRules> {
  const defaults = pipelineSettingsSchema.parse({});
  const fields: Partial<Record<PipelineField, FieldRules>> = {};
  for (const [section, schema] of Object.entries(pipelineSettingsSchema.shape)) {
    for (const [name, setting] of Object.entries(unwrap(schema).shape as Record<string, z.core.$ZodType>)) {
      const field = `${section}.${name}` as PipelineField;
      fields[field] = { ...rulesOf(unwrap(setting)), description: described(setting), default: readSetting(defaults, field) };
    }
  }
  return fields as Record<PipelineField, FieldRules>;
}

// biome-ignore lint/suspicious/noExplicitAny: a schema's inner parts are read by what they are named, whatever its type
type AnySchema = any;

/** Without what gives a default, makes it optional or changes it afterwards. */
function unwrap(schema: AnySchema): AnySchema {
  const { def } = schema;
  switch (def.type) {
    case "prefault":
    case "default":
    case "optional":
      return unwrap(def.innerType);
    case "pipe":
      return unwrap(def.in);
    default:
      return schema;
  }
}

function described(schema: AnySchema): string {
  return schema.description ?? (schema.def.innerType ? described(schema.def.innerType) : "");
}

function rulesOf(schema: AnySchema): Pick<FieldRules, "kind" | "min" | "max" | "choices"> {
  switch (schema.def.type) {
    case "boolean":
      return { kind: "boolean", min: null, max: null, choices: [] };
    case "enum":
      return { kind: "choice", min: null, max: null, choices: schema.options };
    case "number":
      return { kind: schema.isInt ? "whole" : "decimal", min: schema.minValue, max: schema.maxValue, choices: [] };
    case "array":
      return { kind: "texts", min: null, max: null, choices: [] };
    default:
      throw new Error(`a pipeline setting is of a kind that the form does not know: ${schema.def.type}`);
  }
}
