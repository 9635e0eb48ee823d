import type { AttributeOp, Condition, TextMatch } from "./condition.ts";

const TEXT_WORDS: Record<TextMatch, string> = { exact: "is", prefix: "begins with", contains: "contains", regex: "matches" };
const OP_WORDS: Record<AttributeOp, string> = {
  equals: "is",
  notEquals: "is not",
  above: "above",
  atLeast: "at least",
  below: "below",
  atMost: "at most",
  contains: "contains",
  prefix: "begins with",
  regex: "matches",
  exists: "exists",
};
const SHOWN_VALUES = 5;

/** A condition as one reads it: `endpoint contains /api/payment or /api/checkout`. */
export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case "always":
      return "everything";
    case "status":
      return `status is ${condition.is}`;
    case "latency":
      return `latency above ${condition.aboveMs} ms`;
    case "endpoint":
    case "service":
      return `${condition.kind} ${TEXT_WORDS[condition.match]} ${listed(condition.values)}`;
    case "attribute":
      return describeAttribute(condition);
    case "spanKind":
      return `span kind is ${condition.is}`;
    case "spanCount":
      return `at least ${condition.atLeast} ${condition.atLeast === 1 ? "span" : "spans"}`;
    case "sameSpan":
      return `one span with ${inBrackets(condition.of)}`;
    case "all":
      return joined(condition.of, "and");
    case "any":
      return joined(condition.of, "or");
    case "not":
      return `not ${inBrackets(condition.of)}`;
  }
}

function describeAttribute({ key, in: place, op, value }: Extract<Condition, { kind: "attribute" }>): string {
  const subject = place === "resource" ? `resource attribute ${key}` : `attribute ${key}`;
  return value === undefined ? `${subject} ${OP_WORDS[op]}` : `${subject} ${OP_WORDS[op]} ${value === "" ? '""' : value}`;
}

function joined(conditions: readonly Condition[], word: "and" | "or"): string {
  return conditions.length === 1 ? describeCondition(conditions[0]) : conditions.map(inBrackets).join(` ${word} `);
}

// Brackets where and/or would otherwise run into each other.
function inBrackets(condition: Condition): string {
  const text = describeCondition(condition);
  return (condition.kind === "all" || condition.kind === "any") && condition.of.length > 1 ? `(${text})` : text;
}

function listed(values: readonly string[]): string {
  if (values.length <= SHOWN_VALUES) return values.join(" or ");
  return `${values.slice(0, SHOWN_VALUES - 1).join(" or ")} or ${values.length - SHOWN_VALUES + 1} more`;
}
