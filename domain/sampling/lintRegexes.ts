import { RE2JS } from "re2js";
import type { Finding } from "../validation/finding.ts";
import type { Condition } from "./condition.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";

/** An expression beyond it is large because something is repeated: `(a|b){200}`. */
const PROGRAM_SIZE_MAX = 500;
/** So many are tested on every span's texts, at a few tenths of a microsecond each; a span costs half a microsecond without. */
const EXPRESSIONS_MAX = 8;
const LITERAL = /^(\^?)([^\\.+*?()|[\]{}^$]+)(\$?)$/;

/** Regular expressions that cost more than what they say: RE2 is linear in the text, but each is tested on every span that brings such a text. */
export function lintRegexes({ tiers }: SamplingPolicy): Finding[] {
  const expressions = tiers.flatMap(({ condition }, index) => find(condition, `sampling.tiers[${index}].condition`));
  const findings = expressions.flatMap(({ path, pattern, isAttribute }): Finding[] => {
    const cost = costOf(pattern, isAttribute);
    return cost === undefined ? [] : [{ severity: "warning", path, message: cost.message, mend: cost.mend }];
  });
  if (expressions.length > EXPRESSIONS_MAX) {
    findings.push({
      severity: "warning",
      path: "sampling.tiers",
      message: `${expressions.length} regular expressions are tested on every span: most of the CPU time goes there`,
      mend: "say it with exact, prefix or contains where that is enough: all of their texts are searched for in one pass",
    });
  }
  return findings;
}

type Expression = { path: string; pattern: string; isAttribute: boolean };

function find(condition: Condition, path: string): Expression[] {
  switch (condition.kind) {
    case "endpoint":
    case "service":
      return condition.match === "regex" ? condition.values.map((pattern, at) => ({ path: `${path}.values[${at}]`, pattern, isAttribute: false })) : [];
    case "attribute":
      return condition.op === "regex" ? [{ path: `${path}.value`, pattern: String(condition.value), isAttribute: true }] : [];
    case "not":
    case "sameSpan":
      return find(condition.of, `${path}.of`);
    case "all":
    case "any":
      return condition.of.flatMap((part, at) => find(part, `${path}.of[${at}]`));
    default:
      return [];
  }
}

/** What says the same for less: a comparison without an expression, or a shorter expression. */
export type CheaperText = { match: "contains" | "prefix" | "exact" | "regex"; text: string };

/** Why an expression costs more than what it says; undefined where it does not. `cheaper` is absent where only a person can say what is meant. */
export function costOf(pattern: string, isAttribute: boolean): { message: string; mend: string; cheaper?: CheaperText } | undefined {
  const literal = LITERAL.exec(pattern);
  if (literal !== null) {
    const [, start, text, end] = literal;
    // There is no comparison with an end alone.
    if (start === "" && end !== "") return undefined;
    const match = start === "" ? "contains" : end === "" ? "prefix" : isAttribute ? "equals" : "exact";
    const what = `the expression ${JSON.stringify(pattern)} says no more than ${match} ${JSON.stringify(text)}, which costs a fraction of it`;
    return { message: what, mend: `use ${match} with ${JSON.stringify(text)}`, cheaper: { match: match === "equals" ? "exact" : match, text } };
  }
  if (/^\^?\.\*|\.\*\$?$/.test(pattern)) {
    const shorter = pattern.replace(/^\^?\.\*\??/, "").replace(/(?<!\\)\.\*\??\$?$/, "");
    if (shorter !== pattern && shorter !== "" && isValid(shorter))
      return {
        message: `the expression ${JSON.stringify(pattern)} begins or ends with .*, which costs a multiple: without, it matches anywhere in a text as well`,
        mend: `use ${JSON.stringify(shorter)}`,
        cheaper: { match: "regex", text: shorter },
      };
  }
  const size = RE2JS.compile(pattern).programSize();
  if (size <= PROGRAM_SIZE_MAX) return undefined;
  return {
    message: `the expression ${JSON.stringify(pattern)} stands for ${size} steps, as something in it is repeated many times; that takes memory and time`,
    mend: "repeat less: + or * instead of {n,m}",
  };
}

function isValid(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}
