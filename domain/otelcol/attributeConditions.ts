import { type Condition, re2Problem, VALUE_LENGTH_MAX, VALUES_MAX } from "../sampling/condition.ts";
import { ATOMS_MAX } from "../sampling/samplingPolicy.ts";
import { compilePattern, isPlainPattern } from "../sampling/textPattern.ts";
import { booleanAt, notExpressible, type Raw, textAt, textsAt, wholeNumberAt, wrong } from "./rawValues.ts";
import type { Reading } from "./readVote.ts";
import { allOf, anyOf, notOf } from "./votes.ts";

type Path = readonly PropertyKey[];
type Op = Extract<Condition, { kind: "attribute" }>["op"];

const attribute = (key: string, place: "span" | "resource", op: Op, value?: string | number | boolean): Condition => ({
  kind: "attribute",
  key,
  in: place,
  op,
  ...(value === undefined ? {} : { value }),
});

/** tail_sampling looks for a key at the spans and at their resources. */
function either(key: string, op: Op, value: string | number | boolean): Condition[] {
  return [attribute(key, "span", op, value), attribute(key, "resource", op, value)];
}

const sameSpan = (...of: Condition[]): Condition => ({ kind: "sameSpan", of: { kind: "all", of } });

function keyAt(raw: Raw, path: Path): string {
  const key = textAt(raw, "key", path);
  if (key === "") throw notExpressible(path, "has no key, so it looks at an attribute without a name");
  return key;
}

function inverted(raw: Raw, path: Path, condition: Condition): Condition {
  return booleanAt(raw, "invert_match", path) ? notOf(condition) : condition;
}

/** Empty values never match; a regular expression matches anywhere in the value, as Go's does. */
export function stringAttribute(raw: Raw, path: Path, reading: Reading): Condition {
  const key = keyAt(raw, path);
  const isRegex = booleanAt(raw, "enabled_regex_matching", path);
  const values = textsAt(raw, "values", path);
  if (values.length > VALUES_MAX) throw notExpressible([...path, "values"], `has ${values.length} values; a condition has at most ${VALUES_MAX}`);
  if (isRegex && !reading.takeRegexes(values.length))
    throw notExpressible([...path, "values"], `has more regular expressions than the ${ATOMS_MAX} comparisons that a policy may have, with those before it`);
  const parts = values.flatMap((value, index) => {
    if (!isRegex) return value === "" ? [] : either(key, "equals", value);
    const at = [...path, "values", index];
    if (value.length > VALUE_LENGTH_MAX) throw notExpressible(at, `is longer than the ${VALUE_LENGTH_MAX} characters that an expression may have here`);
    const problem = re2Problem(value);
    if (problem) throw wrong(at, problem);
    return matchesEmpty(value) ? regexOfEmpty(key, value, reading) : either(key, "regex", value);
  });
  return inverted(raw, path, anyOf(parts));
}

const matchesEmpty = (pattern: string) => !isPlainPattern(pattern) && compilePattern(pattern)("");
/** Written so by whoever means that the attribute is there. */
const ANYTHING = new Set(["", "^", "$", ".*", "^.*", ".*$", "(.*)"]);

/** At a span an empty value is passed over; at a resource whatever is no text is read as an empty one, which such an expression matches. */
function regexOfEmpty(key: string, pattern: string, reading: Reading): Condition[] {
  if (ANYTHING.has(pattern)) {
    const there = attribute(key, "resource", "exists");
    return [reading.combineBlocks ? attribute(key, "span", "exists") : attribute(key, "span", "regex", "(?s)."), there];
  }
  if (reading.combineBlocks) return either(key, "regex", pattern);
  const noText = sameSpan(attribute(key, "resource", "exists"), notOf(attribute(key, "resource", "regex", "^")));
  const notEmpty = sameSpan(attribute(key, "span", "regex", pattern), attribute(key, "span", "notEquals", ""));
  return [notEmpty, attribute(key, "resource", "regex", pattern), noText];
}

/** A bound of 0 is not set. What is no whole number is read as 0 there, also a text: where 0 lies within the bounds, it is sampled. */
export function numericAttribute(raw: Raw, path: Path, reading: Reading): Condition {
  const key = keyAt(raw, path);
  const min = wholeNumberAt(raw, "min_value", path);
  const max = wholeNumberAt(raw, "max_value", path);
  if (min === 0 && max === 0) throw notExpressible(path, "needs min_value or max_value; a bound of 0 is not set");
  const takesZero = min <= 0 && max >= 0;
  if (takesZero) {
    const message = `takes whatever is no whole number (a text, a double) for 0, so it samples wherever ${key} is such a value`;
    const edits = [{ kind: "set" as const, path: [...path, "min_value"], value: 1 }];
    const mends = max > 0 ? [{ label: "Set min_value to 1", changes: "What is no whole number, 0 and less are then not sampled by it.", edits }] : [];
    reading.report({ severity: "warning", path, message, mends });
  } else reading.report({ severity: "info", path, message: "reads only whole numbers, so a double such as 1.5 or 4.0 is 0 there; here it counts as it is" });
  const within = (place: "span" | "resource"): Condition => {
    if (takesZero && !reading.combineBlocks) {
      const outside = [...(min === 0 ? [] : [attribute(key, place, "below", min)]), ...(max === 0 ? [] : [attribute(key, place, "above", max)])];
      return sameSpan(attribute(key, place, "exists"), ...outside.map(notOf));
    }
    const bounds = [...(min === 0 ? [] : [attribute(key, place, "atLeast", min)]), ...(max === 0 ? [] : [attribute(key, place, "atMost", max)])];
    return bounds.length === 1 ? allOf(bounds) : sameSpan(...bounds);
  };
  return inverted(raw, path, anyOf([within("span"), within("resource")]));
}

/** Any value that is not `true` is read as false there. */
export function booleanAttribute(raw: Raw, path: Path): Condition {
  const key = keyAt(raw, path);
  const wanted = booleanAt(raw, "value", path);
  return inverted(raw, path, anyOf(either(key, wanted ? "equals" : "notEquals", true)));
}
