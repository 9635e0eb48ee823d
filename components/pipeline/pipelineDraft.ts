import { type FieldValue, PIPELINE_FIELD_NAMES, PIPELINE_FIELDS, type PipelineField, readSetting } from "#domain/pipeline/pipelineFields.ts";
import { type PipelineSettings, pipelineSettingsSchema } from "#domain/pipeline/pipelineSettings.ts";
import { FIELD_WORDS, isTexts } from "#domain/pipeline/pipelineWords.ts";
import { type Problem, parseOrProblems } from "#domain/validation/problems.ts";
import { fieldNumber, typedNumber } from "../sampling/draft/typedNumber.ts";
import { draftsOf } from "../versions/draftsOf.ts";

/** Units that a field may be typed in, the smallest first; a size counts in powers of 1,024. */
const BYTE_UNITS = { bytes: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 };
const TIME_UNITS = { ms: 1, s: 1_000, min: 60_000 };
const FACTORS: Record<string, number> = { ...BYTE_UNITS, ...TIME_UNITS };

/** What stands in one field: a text as typed, of a list one a line, and the unit beside it (empty where there is nothing to choose). */
export type DraftSetting = { text: string; unit: string };
export type PipelineDraft = Record<PipelineField, DraftSetting>;

export const pipelineDrafts = draftsOf<PipelineDraft>("pipeline", (value) => (isDraft(value) ? value : null));

export function unitsOf(field: PipelineField): readonly string[] {
  const { measure } = FIELD_WORDS[field];
  return measure === "bytes" ? Object.keys(BYTE_UNITS) : measure === "ms" ? Object.keys(TIME_UNITS) : [];
}

/** In the largest unit that leaves no fraction. */
export function draftSetting(field: PipelineField, value: FieldValue): DraftSetting {
  if (isTexts(value)) return { text: value.join("\n"), unit: "" };
  if (typeof value !== "number") return { text: String(value), unit: "" };
  const unit = unitsOf(field).findLast((one) => value >= FACTORS[one] && value % FACTORS[one] === 0) ?? unitsOf(field)[0] ?? "";
  return { text: fieldNumber(value / (FACTORS[unit] ?? 1)), unit };
}

export function draftFromSettings(settings: PipelineSettings): PipelineDraft {
  return Object.fromEntries(PIPELINE_FIELD_NAMES.map((field) => [field, draftSetting(field, readSetting(settings, field))])) as PipelineDraft;
}

/** What a field comes to; the text itself where it is no number, so that the schema names it, and undefined where it is empty: the default. An empty list is a list. */
export function settingValue(field: PipelineField, { text, unit }: DraftSetting): FieldValue | undefined {
  const { kind } = PIPELINE_FIELDS[field];
  if (kind === "boolean") return text === "true";
  if (kind === "choice") return text;
  if (kind === "texts") return linesOf(text);
  if (text.trim() === "") return undefined;
  // Times are shifted on the digits, because 1.005 × 1000 is not whole; what is whole in bytes has a fraction that a double holds exactly.
  const factor = FACTORS[unit] ?? 1;
  const number = factor % 1_000 === 0 ? typedNumber(text, 3) : typedNumber(text);
  return number === undefined ? text : factor % 1_000 === 0 ? number * (factor / 1_000) : number * factor;
}

const linesOf = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** The settings as they would be saved, not checked. */
export function pipelineInput(draft: PipelineDraft): Record<string, Record<string, FieldValue | undefined>> {
  const input: Record<string, Record<string, FieldValue | undefined>> = {};
  for (const field of PIPELINE_FIELD_NAMES) {
    const [section, name] = field.split(".");
    input[section] ??= {};
    input[section][name] = settingValue(field, draft[field]);
  }
  return input;
}

export const checkSettings = (input: unknown) => parseOrProblems<PipelineSettings>(pipelineSettingsSchema, input);

/** Back to the default; the smallest batch's is never more than the largest. */
export function defaultSetting(field: PipelineField, draft: PipelineDraft): DraftSetting {
  if (field !== "batch.sizeMin") return draftSetting(field, PIPELINE_FIELDS[field].default);
  const largest = settingValue("batch.sizeMax", draft["batch.sizeMax"]) ?? PIPELINE_FIELDS["batch.sizeMax"].default;
  return draftSetting(
    field,
    Math.min(Number(PIPELINE_FIELDS[field].default), typeof largest === "number" && largest >= 1 ? largest : Number.POSITIVE_INFINITY),
  );
}

/** Problems by field, where a server's come with `body.` in front; those of a list's entries are its own. */
export function problemsByField(problems: readonly Problem[]): Map<PipelineField, Problem[]> {
  const map = new Map<PipelineField, Problem[]>();
  for (const problem of problems) {
    const [, path, entry] = /^(?:body\.)?([^[]*)(?:\[(\d+)\])?$/.exec(problem.path) ?? [];
    const field = path as PipelineField;
    if (!(field in PIPELINE_FIELDS)) continue;
    const own = entry === undefined ? problem : { ...problem, message: `entry ${Number(entry) + 1} ${problem.message}` };
    map.set(field, [...(map.get(field) ?? []), own]);
  }
  return map;
}

function isDraft(value: unknown): value is PipelineDraft {
  if (typeof value !== "object" || value === null) return false;
  const draft = value as Record<string, unknown>;
  return PIPELINE_FIELD_NAMES.every((field) => {
    const setting = draft[field] as DraftSetting | undefined;
    return typeof setting === "object" && setting !== null && typeof setting.text === "string" && typeof setting.unit === "string";
  });
}
