import { type Explanation, explanationSchema } from "#domain/sampling/explanation.ts";
import { formatProblem, parseOrProblems } from "#domain/validation/problems.ts";

export type ReadExplanation = { explanation: Explanation; problem: null } | { explanation: null; problem: string };

/** What a collector answered about `traceId`, or a sentence that says why that is no answer. Never throws. */
export function readExplanation(text: string, traceId: string): ReadExplanation {
  let given: unknown;
  let toCheck: unknown;
  try {
    given = JSON.parse(text);
    toCheck = JSON.parse(text, regexAsText);
  } catch {
    return unclear("it is not JSON, or nested too deeply");
  }
  const parsed = parseOrProblems(explanationSchema, toCheck);
  if (!parsed.ok) return unclear(formatProblem(parsed.problems[0]));
  if (parsed.value.traceId !== traceId) return unclear("it is about another trace");
  return { explanation: given as Explanation, problem: null };
}

// Compiling an expression takes up to 2 ms, and a rogue collector could send thousands. They are only shown, so it is enough that they are texts.
function regexAsText(_key: string, value: unknown): unknown {
  return value === "regex" ? "contains" : value;
}

function unclear(why: string): ReadExplanation {
  return { explanation: null, problem: `its answer can't be understood: ${why}; bring it and the control plane to the same version` };
}
