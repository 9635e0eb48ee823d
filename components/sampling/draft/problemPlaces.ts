import type { Problem } from "#domain/validation/problems.ts";
import type { DraftPolicy } from "./draftPolicy.ts";
import { inFieldUnits, inScopeWords, isNumberField, SETTING_NAMES } from "./settingWords.ts";

/** Problems by the path that the form's fields go by (`tiers[2].keep.ratio`); a server's `body.` or `sampling.` in front is taken off. */
export type ProblemsByPath = ReadonlyMap<string, readonly string[]>;

const ROOTS = ["body.", "input.", "sampling."];

export function formPath(path: string): string {
  let rest = path;
  for (const root of ROOTS) if (rest.startsWith(root)) rest = rest.slice(root.length);
  return ROOTS.includes(`${rest}.`) ? "" : rest;
}

/** Speaks of per cent, seconds and MiB where the schema speaks of ratios, milliseconds and bytes, because the fields do. */
export function inFormWords(problem: Problem): Problem {
  const path = formPath(problem.path);
  if (path.endsWith(".keep.ratio")) {
    return { path, message: problem.message.startsWith("must be a number") ? "must be a number between 0 and 100\u00a0%" : "must be between 0 and 100\u00a0%" };
  }
  return { path, message: isNumberField(path) ? inFieldUnits(path, problem.message) : inScopeWords(problem.message) };
}

export function problemsByPath(problems: readonly Problem[]): ProblemsByPath {
  const map = new Map<string, string[]>();
  for (const problem of problems.map(inFormWords)) {
    const at = map.get(problem.path);
    if (!at) map.set(problem.path, [problem.message]);
    else if (!at.includes(problem.message)) at.push(problem.message);
  }
  return map;
}

/** The path itself, then each enclosing one: where to look for a field that can take the focus. */
export function pathAndAncestors(path: string): string[] {
  const paths = [path];
  let rest = path;
  while (rest !== "") {
    rest = rest.replace(/(\.[^.[\]]+|\[\d+\]|^[^.[\]]+)$/, "");
    paths.push(rest);
    if (paths.length > 64) break;
  }
  return paths;
}

/** The DOM id of the field at a path. */
export function fieldId(path: string): string {
  return `field-${path.replaceAll(/[^A-Za-z0-9]+/g, "-")}`;
}

export type Place = { tier: number | null; field: string };

/** `tiers[3].keep.ratio` as a place that a person finds: tier 4, "keep". */
export function placeOf(path: string): Place {
  const match = /^tiers\[(\d+)\]\.?(.*)$/.exec(path);
  if (!match) return { tier: null, field: path === "tiers" || path === "" ? "" : (SETTING_NAMES[path] ?? path) };
  const rest = match[2];
  if (rest.startsWith("keep")) return { tier: Number(match[1]) + 1, field: "keep" };
  if (rest.startsWith("name")) return { tier: Number(match[1]) + 1, field: "name" };
  return { tier: Number(match[1]) + 1, field: rest.startsWith("condition") ? "condition" : rest };
}

/** One line for the summary at the side: `Tier 4 “health checks”, keep: must be between 0 and 100 %`. */
export function describeProblem(problem: Problem, draft: DraftPolicy): string {
  const inWords = inFormWords(problem);
  const place = placeOf(inWords.path);
  if (place.tier === null) return place.field === "" ? sentence(inWords.message) : `${sentence(place.field)}: ${inWords.message}`;
  const name = draft.tiers[place.tier - 1]?.name;
  return `Tier ${place.tier}${name ? ` “${name}”` : ""}${place.field ? `, ${place.field}` : ""}: ${inWords.message}`;
}

/** For the summary: each problem in words, once, with where it can be put right. */
export function problemLines(problems: readonly Problem[], draft: DraftPolicy): { text: string; ids: string[] }[] {
  const lines = new Map(problems.map((problem) => [describeProblem(problem, draft), inFormWords(problem).path]));
  return [...lines].map(([text, path]) => ({ text, ids: pathAndAncestors(path).map(fieldId) }));
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
