import type { z } from "zod";

/** One thing wrong with an input: where it is (`sampling.tiers[2].keep.ratio`) and what to do about it. */
export type Problem = { path: string; message: string };

export type Parsed<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

/** Parses `input` with `schema`; never throws. Problem paths begin with `root` when it is given. */
export function parseOrProblems<T>(schema: z.ZodType<T>, input: unknown, root = ""): Parsed<T> {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => toProblems(issue, input, root)) };
}

/** `path: message`, one line; this is what logs, config reports and the command line show. */
export function formatProblem(problem: Problem): string {
  return problem.path === "" ? problem.message : `${problem.path}: ${problem.message}`;
}

/** `["tiers", 2, "keep"]` under `sampling` becomes `sampling.tiers[2].keep`. */
export function formatPath(path: readonly PropertyKey[], root = ""): string {
  let text = root;
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text;
}

function toProblems(issue: z.core.$ZodIssue, input: unknown, root: string): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: formatPath([...issue.path, key], root), message: "unknown field" }));
  }
  const path = formatPath(issue.path, root);
  if (issue.code === "custom") return [{ path, message: issue.message }];
  return [{ path, message: withGot(issue.message, valueAt(input, issue.path)) }];
}

function withGot(message: string, value: unknown): string {
  if (value === undefined || message.includes(", got ") || !message.startsWith("must ")) return message;
  const shown = typeof value === "object" && value !== null ? (Array.isArray(value) ? "a list" : "an object") : JSON.stringify(value);
  return `${message}, got ${shown.length > 60 ? `${shown.slice(0, 57)}…` : shown}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
