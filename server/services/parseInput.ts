import type { z } from "zod";
import { type Problem, parseOrProblems } from "#domain/validation/problems.ts";
import { unstorableText } from "#domain/validation/unstorableText.ts";
import { AppError } from "../errors/appError.ts";

/** Parses what came from outside, or throws INVALID with every problem and its path. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, root = ""): T {
  const unstorable = unstorableText(input, root);
  if (unstorable) throw invalid([unstorable]);
  const parsed = parseOrProblems(schema, input, root);
  if (parsed.ok) return parsed.value;
  throw invalid(parsed.problems);
}

function invalid(problems: Problem[]): AppError {
  const [first] = problems;
  const place = first.path === "" ? "" : `${first.path}: `;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new AppError("INVALID", `${place}${first.message}${more}`, { problems });
}
