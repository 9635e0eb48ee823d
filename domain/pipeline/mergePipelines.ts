import { type MergeChoices, type MergeConflict, type Merged, picking } from "../merge/mergeValue.ts";
import { parseOrProblems } from "../validation/problems.ts";
import type { PipelineSection } from "./pipelineFields.ts";
import { type FieldValue, PIPELINE_FIELD_NAMES, type PipelineField, readSetting } from "./pipelineFields.ts";
import { type PipelineSettings, pipelineSettingsSchema } from "./pipelineSettings.ts";
import { FIELD_WORDS, formatSetting, SECTION_WORDS } from "./pipelineWords.ts";

/** Three-way merge, field by field. */
export function mergePipelines(base: PipelineSettings, theirs: PipelineSettings, mine: PipelineSettings, choices: MergeChoices = {}): Merged<PipelineSettings> {
  const { pick, conflicts } = picking(choices);
  const input: Record<string, Record<string, FieldValue>> = {};
  for (const field of PIPELINE_FIELD_NAMES) {
    const [ofBase, ofTheirs, ofMine] = [base, theirs, mine].map((settings) => readSetting(settings, field));
    const [section, name] = field.split(".");
    input[section] ??= {};
    input[section][name] = pick(conflictOf(field, ofBase, ofTheirs, ofMine), ofBase, ofTheirs, ofMine);
  }
  const parsed = parseOrProblems<PipelineSettings>(pipelineSettingsSchema, input);
  return { body: parsed.ok ? parsed.value : null, conflicts, problems: parsed.ok ? [] : parsed.problems };
}

function conflictOf(field: PipelineField, base: FieldValue, theirs: FieldValue, mine: FieldValue): MergeConflict {
  const say = (value: FieldValue) => [formatSetting(field, value), FIELD_WORDS[field].unit].join(" ").trim();
  const section = SECTION_WORDS[field.split(".")[0] as PipelineSection];
  return { id: field, subject: `${section}: ${FIELD_WORDS[field].label}`, base: say(base), theirs: say(theirs), mine: say(mine) };
}
