import type { Condition } from "../sampling/condition.ts";
import { latencyBoundNs, SERVICE_KEY } from "../sampling/spanFacts.ts";
import { NotWritable } from "./notWritable.ts";
import { patternOf, writeOttl } from "./writeOttl.ts";

/** One policy of tail_sampling as it is written under its type. */
export type Leaf = { type: string; [settings: string]: unknown };

const CONJUNCTIONS_MAX = 64;
const NS_PER_MS = 1_000_000n;

/**
 * `condition` as alternatives, each a list of policies that all have to hold: what an OR of `and` policies says. `remark` is told where what is written
 * means a little else. Throws NotWritable.
 */
export function conjunctionsOf(condition: Condition, remark: (message: string) => void): Leaf[][] {
  const places = new Map<string, { key: string; in: Set<string> }>();
  const result = expand(condition, false, remark, places);
  for (const { key, in: seen } of places.values()) {
    if (seen.size === 1) remark(`looks for ${key} at the ${[...seen][0]} alone; tail_sampling looks at the spans and at their resource`);
  }
  return result;
}

type Places = Map<string, { key: string; in: Set<string> }>;

function expand(condition: Condition, negated: boolean, remark: (message: string) => void, places: Places): Leaf[][] {
  switch (condition.kind) {
    case "always":
      return negated ? [] : [[]];
    case "not":
      return expand(condition.of, !negated, remark, places);
    case "all":
    case "any": {
      const parts = condition.of.map((part) => expand(part, negated, remark, places));
      return (condition.kind === "all") === negated ? together(unique(parts.flat())) : product(parts);
    }
    default:
      return [[leafOf(condition, negated, remark, places)]];
  }
}

/** What holds where each of `parts` does. Throws NotWritable above a bound. */
export function product(parts: readonly Leaf[][][]): Leaf[][] {
  let result: Leaf[][] = [[]];
  for (const alternatives of parts) {
    result = unique(result.flatMap((one) => alternatives.map((other) => unique([...one, ...other]))));
    if (result.length > CONJUNCTIONS_MAX) throw new NotWritable(`takes more than ${CONJUNCTIONS_MAX} policies`);
  }
  return result;
}

type Texts = { key: string; values: string[]; enabled_regex_matching?: boolean; invert_match?: boolean };

/** Alternatives that look for texts of one key are one policy with all of their values. */
function together(alternatives: readonly Leaf[][]): Leaf[][] {
  const merged = new Map<string, Texts>();
  return alternatives.filter(([leaf, ...others]) => {
    if (others.length > 0 || leaf?.type !== "string_attribute") return true;
    const texts = leaf.string_attribute as Texts;
    if (texts.invert_match) return true;
    const id = JSON.stringify([texts.key, texts.enabled_regex_matching === true]);
    const earlier = merged.get(id);
    if (earlier === undefined) {
      // A list of its own, which grows with what comes later.
      merged.set(id, texts);
      texts.values = [...texts.values];
      return true;
    }
    earlier.values.push(...texts.values.filter((value) => !earlier.values.includes(value)));
    return false;
  });
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

const negation = (leaf: Leaf, negated: boolean): Leaf => (negated ? { type: "not", not: { not_sub_policy: leaf } } : leaf);

function leafOf(condition: Condition, negated: boolean, remark: (message: string) => void, places: Places): Leaf {
  switch (condition.kind) {
    case "status":
      return negation({ type: "status_code", status_code: { status_codes: [condition.is.toUpperCase()] } }, negated);
    case "latency":
      return negation(latency(condition.aboveMs, remark), negated);
    case "spanCount":
      return negation({ type: "span_count", span_count: { min_spans: condition.atLeast } }, negated);
    case "service":
      remark(`looks for ${SERVICE_KEY} at the resource alone; tail_sampling looks at the spans too`);
      return text(SERVICE_KEY, condition.match, condition.values, negated);
    case "attribute":
      return attribute(condition, negated, remark, places) ?? ottl(condition, negated);
    default:
      return ottl(condition, negated);
  }
}

/** Any span that fulfils it is enough, as here. */
function ottl(condition: Condition, negated: boolean): Leaf {
  return negation({ type: "ottl_condition", ottl_condition: { error_mode: "ignore", span: [writeOttl(condition)] } }, negated);
}

/** Whole milliseconds above the threshold are sampled there, so the threshold is one less than the least that is. */
function latency(aboveMs: number, remark: (message: string) => void): Leaf {
  const least = latencyBoundNs(aboveMs) + 1n;
  const ms = least % NS_PER_MS === 1n ? least / NS_PER_MS : (least + NS_PER_MS - 1n) / NS_PER_MS;
  if (least % NS_PER_MS === 1n) remark(`is above ${ms} ms; tail_sampling counts ${ms} ms itself too`);
  else if (least % NS_PER_MS !== 0n) remark(`has a bound between whole milliseconds; at least ${ms} ms is written`);
  return { type: "latency", latency: { threshold_ms: Number(ms) - 1 } };
}

/** The policy type that compares attributes so; undefined where none does. */
function attribute(
  condition: Extract<Condition, { kind: "attribute" }>,
  negated: boolean,
  remark: (message: string) => void,
  places: Places,
): Leaf | undefined {
  const { key, op, value } = condition;
  const invert = negated ? { invert_match: true } : {};
  const leaf = ((): Leaf | undefined => {
    if (typeof value === "string" && value !== "") {
      if (op === "equals") return text(key, "exact", [value], negated);
      if (op === "regex" || op === "contains" || op === "prefix") return text(key, op, [value], negated);
    }
    if (value === true && (op === "equals" || op === "notEquals"))
      return { type: "boolean_attribute", boolean_attribute: { key, value: op === "equals", ...invert } };
    if (op === "atLeast" && Number.isSafeInteger(value) && Number(value) > 0) {
      remark(`counts numbers such as 1.5 in ${key} too; tail_sampling reads whole numbers alone`);
      return { type: "numeric_attribute", numeric_attribute: { key, min_value: value, ...invert } };
    }
    return undefined;
  })();
  if (leaf === undefined) return undefined;
  const id = JSON.stringify([key, op, value]);
  const place = places.get(id) ?? { key, in: new Set<string>() };
  places.set(id, place);
  place.in.add(condition.in);
  return leaf;
}

function text(key: string, match: "exact" | "prefix" | "contains" | "regex", values: readonly string[], negated: boolean): Leaf {
  const written = match === "exact" ? values : values.map((value) => patternOf(match, value));
  return {
    type: "string_attribute",
    string_attribute: { key, values: written, ...(match === "exact" ? {} : { enabled_regex_matching: true }), ...(negated ? { invert_match: true } : {}) },
  };
}
