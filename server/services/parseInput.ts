import type { z } from "zod";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { AppError } from "../errors/appError.ts";

/** Parses what came from outside, or throws INVALID with every problem and its path. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, root = ""): T {
  const parsed = parseOrProblems(schema, input, root);
  if (parsed.ok) return parsed.value;
  const [first] = parsed.problems;
  const place = first.path === "" ? "" : `${first.path}: `;
  const more = parsed.problems.length > 1 ? ` (and ${parsed.problems.length - 1} more)` : "";
  throw new AppError("INVALID", `${place}${first.message}${more}`, { problems: parsed.problems });
}
