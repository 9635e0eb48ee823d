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

/** `["tiers", 2, "keep"]` under `sampling` becomes `sampling.tiers[2].keep`; a name with other characters is quoted: `headers["a b"]`. */
export function formatPath(path: readonly PropertyKey[], root = ""): string {
  let text = root;
  for (const part of path) {
    const name = String(part);
    if (typeof part === "number") text += `[${part}]`;
    else if (!/^[\w$\-/]{1,128}$/.test(name)) text += `[${JSON.stringify(shortened(name))}]`;
    else text += text === "" ? name : `.${name}`;
  }
  return text;
}

/** Fields whose content is never repeated in a message, because it may be a secret. */
const SECRET_FIELDS: readonly PropertyKey[] = ["headers"];
const SHOWN_MAX = 60;

const TYPE_WORDS: Record<string, string> = {
  object: "an object",
  record: "an object",
  array: "a list",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

function toProblems(issue: z.core.$ZodIssue, input: unknown, root: string): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: formatPath([...issue.path, key], root), message: "unknown field" }));
  }
  const path = formatPath(issue.path, root);
  if (issue.code === "custom") return [{ path, message: issue.message }];
  if (issue.code === "invalid_key") return [{ path, message: `the name ${issue.issues[0]?.message ?? "is not valid"}` }];
  const value = valueAt(input, issue.path);
  if (issue.path.some((part) => SECRET_FIELDS.includes(part)) && typeof value === "string") return [{ path, message: issue.message }];
  const isLength = (issue.code === "too_big" || issue.code === "too_small") && Array.isArray(value);
  return [{ path, message: withGot(ownWords(issue, value), isLength ? value.length : value) }];
}

// Where a schema has no words of its own, zod's default is put the way ours are.
function ownWords(issue: z.core.$ZodIssue, value: unknown): string {
  if (!issue.message.startsWith("Invalid ")) return issue.message;
  if (value === undefined) return "is required";
  return issue.code === "invalid_type" ? `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}` : "is not valid";
}

function withGot(message: string, value: unknown): string {
  if (value === undefined || message.includes(", got ") || !message.startsWith("must ")) return message;
  return `${message}, got ${shownValue(value)}`;
}

function shownValue(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return shortened(typeof value === "string" ? JSON.stringify(value) : String(value));
}

function shortened(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 3)}…` : text;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
