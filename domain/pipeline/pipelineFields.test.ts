import { describe, expect, it } from "vitest";
import { fieldsOf, PIPELINE_FIELD_NAMES, PIPELINE_FIELDS, PIPELINE_SECTIONS, readSetting } from "./pipelineFields.ts";
import { pipelineSettingsSchema } from "./pipelineSettings.ts";
import { FIELD_WORDS, SECTION_WORDS } from "./pipelineWords.ts";

const DEFAULTS = pipelineSettingsSchema.parse({});

describe("the settings of a pipeline, as a form needs them", () => {
  it("are all that the schema has, with words for each", () => {
    const inSchema = Object.entries(DEFAULTS).flatMap(([section, settings]) => Object.keys(settings).map((name) => `${section}.${name}`));
    expect([...PIPELINE_FIELD_NAMES].sort()).toEqual(inSchema.sort());
    expect(Object.keys(FIELD_WORDS).sort()).toEqual(inSchema.sort());
    expect(PIPELINE_SECTIONS).toEqual(Object.keys(SECTION_WORDS));
    expect(PIPELINE_SECTIONS.flatMap(fieldsOf)).toEqual(PIPELINE_FIELD_NAMES);
  });

  it.each(PIPELINE_FIELD_NAMES)("say what %s means, and have its default within its limits", (field) => {
    const { description, default: normal, kind, min, max, choices } = PIPELINE_FIELDS[field];
    expect(description).not.toBe("");
    expect(normal).toEqual(readSetting(DEFAULTS, field));
    if (kind === "whole" || kind === "decimal") {
      expect(normal).toBeGreaterThanOrEqual(min ?? Number.NaN);
      expect(normal).toBeLessThanOrEqual(max ?? Number.NaN);
    } else if (kind === "choice") expect(choices).toContain(normal);
    else if (kind === "texts") expect(Array.isArray(normal)).toBe(true);
    else expect(typeof normal).toBe("boolean");
  });

  it.each(PIPELINE_FIELD_NAMES.filter((field) => PIPELINE_FIELDS[field].max !== null))("have the limits of %s that the schema keeps to", (field) => {
    const [section, name] = field.split(".");
    const { min, max, kind } = PIPELINE_FIELDS[field];
    const step = kind === "whole" ? 1 : 0.001;
    const saysBetween = (value: number) =>
      pipelineSettingsSchema.safeParse({ [section]: { [name]: value } }).error?.issues.some(({ message }) => message.startsWith("must be between")) ?? false;
    expect([Number(min) - step, Number(min), Number(max), Number(max) + step].map(saysBetween)).toEqual([true, false, false, true]);
  });
});
