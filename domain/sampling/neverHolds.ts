import type { Condition } from "./condition.ts";
import { type ImplicationScope, implies } from "./implies.ts";

/** Whether nothing can fulfil a condition, where that can be told: it asks for a thing and its opposite, or of one span for two statuses or kinds. */
export function neverHolds(condition: Condition, scope: ImplicationScope): boolean {
  switch (condition.kind) {
    case "not":
      return condition.of.kind === "always";
    case "any":
      return condition.of.every((part) => neverHolds(part, scope));
    case "sameSpan":
      return neverHolds(condition.of, "span");
    case "all": {
      const parts = flatten(condition);
      return parts.some((part) => neverHolds(part, scope)) || parts.some((one) => parts.some((other) => excludes(one, other, scope)));
    }
    default:
      return false;
  }
}

function flatten(condition: Condition): Condition[] {
  return condition.kind === "all" ? condition.of.flatMap(flatten) : [condition];
}

function excludes(one: Condition, other: Condition, scope: ImplicationScope): boolean {
  if (other.kind === "not") return implies(one, other.of, scope);
  if (scope === "trace") return false;
  return (
    (one.kind === "status" && other.kind === "status" && one.is !== other.is) || (one.kind === "spanKind" && other.kind === "spanKind" && one.is !== other.is)
  );
}
