import type { Problem } from "./problems.ts";
import { formatPath } from "./problems.ts";

/** No input of ours nests half as deep. */
const DEPTH_MAX = 64;

/**
 * The first place in a JSON value that no database column takes: a text with a NUL or with half of a surrogate pair, or nesting that no reader should
 * have to follow. Null when there is none. Never throws, however deep the value is.
 */
export function unstorableText(value: unknown, root = ""): Problem | null {
  const at = find(value, []);
  return at && { path: formatPath(at.path, root), message: at.message };
}

type Place = { path: PropertyKey[]; message: string };

function find(value: unknown, path: PropertyKey[]): Place | null {
  if (typeof value === "string") return textProblem(value, path);
  if (typeof value !== "object" || value === null) return null;
  if (path.length >= DEPTH_MAX) return { path: path.slice(0, 8), message: `must be nested at most ${DEPTH_MAX} deep` };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const found = find(value[index], [...path, index]);
      if (found) return found;
    }
    return null;
  }
  for (const [name, child] of Object.entries(value)) {
    const found = textProblem(name, path) ?? find(child, [...path, name]);
    if (found) return found;
  }
  return null;
}

function textProblem(text: string, path: PropertyKey[]): Place | null {
  if (text.includes("\0")) return { path, message: "must not contain the character U+0000" };
  if (!text.isWellFormed()) return { path, message: "must be well-formed Unicode; it has half of a surrogate pair" };
  return null;
}
