import { z } from "zod";
import { describeExportChange } from "../pipeline/describeExportChange.ts";
import { describePipelineChange } from "../pipeline/describePipelineChange.ts";
import { exportSettingsSchema } from "../pipeline/exportSettings.ts";
import { pipelineSettingsSchema } from "../pipeline/pipelineSettings.ts";
import { describePolicyChange } from "../sampling/describePolicyChange.ts";
import { samplingPolicySchema } from "../sampling/samplingPolicy.ts";
import { type Parsed, parseOrProblems } from "../validation/problems.ts";
import type { DocumentFile, DocumentKind } from "./codeFile.ts";
import { referenceFor } from "./secretReference.ts";

const shownHeaders = z.array(z.object({ name: z.string(), isSet: z.literal(true) }));

/** What a server shows of a document, as a file has it. A header's value becomes the reference of `known`, where that has one, else a new one. */
export function toFile(kind: DocumentKind, name: string, shown: unknown, known?: DocumentFile): Parsed<DocumentFile> {
  switch (kind) {
    case "policy":
      return withBody(parseOrProblems(samplingPolicySchema, shown, "body"), (body) => ({ kind, name, body }));
    case "pipeline":
      return withBody(parseOrProblems(pipelineSettingsSchema, shown, "body"), (body) => ({ kind, name, body }));
    case "destination":
      return withBody(parseOrProblems(exportSettingsSchema, withReferences(name, shown, known), "body"), (body) => ({ kind, name, body }));
  }
}

/** What changes from one to the other, a sentence each; none when nothing does. Both have to be of the same kind. */
export function describeFileChange(before: DocumentFile, after: DocumentFile): string[] {
  if (before.kind === "policy" && after.kind === "policy") return describePolicyChange(before.body, after.body);
  if (before.kind === "pipeline" && after.kind === "pipeline") return describePipelineChange(before.body, after.body);
  if (before.kind === "destination" && after.kind === "destination") return describeExportChange(before.body, after.body);
  throw new Error(`a ${before.kind} can't be compared with a ${after.kind}`);
}

function withBody<Body>(parsed: Parsed<Body>, make: (body: Body) => DocumentFile): Parsed<DocumentFile> {
  return parsed.ok ? { ok: true, value: make(parsed.value) } : parsed;
}

function withReferences(name: string, shown: unknown, known: DocumentFile | undefined): unknown {
  const { headers, ...rest } = Object(shown) as { headers?: unknown };
  const parsed = shownHeaders.safeParse(headers);
  if (!parsed.success) return shown;
  const written = known?.kind === "destination" && known.body.kind === "otlp" ? known.body.headers : {};
  return { ...rest, headers: Object.fromEntries(parsed.data.map((header) => [header.name, written[header.name] ?? referenceFor(name, header.name)])) };
}
