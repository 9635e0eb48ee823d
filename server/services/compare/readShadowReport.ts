import { z } from "zod";
import { type ShadowKind, type ShadowReport, shadowReportSchema } from "#domain/sampling/compare/shadowReport.ts";
import { formatProblem, parseOrProblems } from "#domain/validation/problems.ts";

/** Well above what the largest policy and all services can bring about. */
export const SHADOW_REPORT_CHARS_MAX = 524_288;
const problemSchema = z.strictObject({ problem: z.string().max(1000) });

export type ReadShadowReport = { report: ShadowReport; problem: null } | { report: null; problem: string };

/** What a collector said of its shadow, or a sentence that says why that can't be told. Never throws. */
export function readShadowReport(text: string, kind: ShadowKind): ReadShadowReport {
  if (text.length > SHADOW_REPORT_CHARS_MAX) return unclear(`it is longer than the ${SHADOW_REPORT_CHARS_MAX} characters allowed`);
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return unclear("it is not JSON, or nested too deeply");
  }
  const problem = problemSchema.safeParse(given);
  if (problem.success) return { report: null, problem: problem.data.problem };
  const parsed = parseOrProblems(shadowReportSchema, given);
  if (!parsed.ok) return unclear(formatProblem(parsed.problems[0]));
  // What was counted on live traffic must not pass for a recording, nor the other way round.
  if ((parsed.value.replay !== undefined) !== (kind === "replay")) return unclear(kind === "replay" ? "it tells of live traffic" : "it tells of a recording");
  return { report: parsed.value, problem: null };
}

function unclear(why: string): ReadShadowReport {
  return { report: null, problem: `its report can't be understood: ${why}; bring it and the control plane to the same version` };
}
