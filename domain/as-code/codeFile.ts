import { z } from "zod";
import { readYaml } from "../otelcol/readYaml.ts";
import { type ExportSettings, exportSettingsSchema } from "../pipeline/exportSettings.ts";
import { type PipelineSettings, pipelineSettingsSchema } from "../pipeline/pipelineSettings.ts";
import { type SamplingPolicy, samplingPolicySchema } from "../sampling/samplingPolicy.ts";
import { type Problem, parseOrProblems } from "../validation/problems.ts";
import { unstorableText } from "../validation/unstorableText.ts";
import { secretProblems } from "./secretReference.ts";

export const DOCUMENT_KINDS = ["policy", "pipeline", "destination"] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** A document as a file has it. The values of a destination's headers are references to secrets, never secrets. */
export type DocumentFile =
  | { kind: "policy"; name: string; body: SamplingPolicy }
  | { kind: "pipeline"; name: string; body: PipelineSettings }
  | { kind: "destination"; name: string; body: ExportSettings };
/** What the collectors run that are given what everybody is given. A kind that is left out is left as it is. */
export type RunningFile = { kind: "running"; runs: Partial<Record<DocumentKind, string>> };
export type CodeFile = DocumentFile | RunningFile;

const name = z.string("must be a text").trim().min(1, "must not be empty").max(80, "must have at most 80 characters");
const SCHEMAS = {
  policy: z.strictObject({ kind: z.literal("policy"), name, body: samplingPolicySchema }),
  pipeline: z.strictObject({ kind: z.literal("pipeline"), name, body: pipelineSettingsSchema.prefault({}) }),
  destination: z.strictObject({ kind: z.literal("destination"), name, body: exportSettingsSchema }),
  running: z.strictObject({
    kind: z.literal("running"),
    runs: z.strictObject({ policy: name.optional(), pipeline: name.optional(), destination: name.optional() }, "must name documents by their kind"),
  }),
} as const;
const kindSchema = z.looseObject({ kind: z.enum([...DOCUMENT_KINDS, "running"], "must be policy, pipeline, destination or running") });

/** UTF-16 units, as many as the reader of YAML takes. */
export const FILE_LENGTH_MAX = 1_000_000;

export type FileProblem = Problem & { line?: number };
export type ReadFile = { ok: true; file: CodeFile } | { ok: false; problems: FileProblem[] };

/** Reads one file: every problem with its path and, as far as it can be told, its line. Never throws. */
export function parseCodeFile(text: string): ReadFile {
  if (text.length > FILE_LENGTH_MAX)
    return { ok: false, problems: [{ path: "", message: `is too large: ${text.length} characters of at most ${FILE_LENGTH_MAX}; a file holds one document` }] };
  const yaml = readYaml(text);
  if (!yaml.ok) return { ok: false, problems: [yaml.problem] };
  const withLine = (problem: Problem): FileProblem => ({ ...problem, line: yaml.lineOf(toPath(problem.path)) });
  const unstorable = unstorableText(yaml.value);
  if (unstorable) return { ok: false, problems: [withLine(unstorable)] };
  const kind = parseOrProblems(kindSchema, yaml.value);
  if (!kind.ok) return { ok: false, problems: kind.problems.map(withLine) };
  const parsed = parseOrProblems(SCHEMAS[kind.value.kind] as z.ZodType<CodeFile>, yaml.value);
  if (!parsed.ok) return { ok: false, problems: parsed.problems.map(withLine) };
  const secrets = parsed.value.kind === "destination" ? secretProblems(parsed.value.body) : [];
  return secrets.length > 0 ? { ok: false, problems: secrets.map(withLine) } : { ok: true, file: parsed.value };
}

/** `body.tiers[2].keep` as the parts that a YAML document is walked by; a part that can't be told ends it. */
function toPath(path: string): PropertyKey[] {
  return [...path.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
}
