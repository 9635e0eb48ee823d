import { atomImplies, type SpanAtom } from "./atomImplies.ts";
import type { Condition } from "./condition.ts";

export type ImplicationScope = "span" | "trace";

/**
 * Whether everything that fulfils `a` fulfils `b`: every span, or in trace scope every trace. True is certain; false says only that it could not be told. Every pair of
 * parts is looked at once, so the time is the product of their sizes.
 */
export function implies(a: Condition, b: Condition, scope: ImplicationScope): boolean {
  const known = { span: new Map<Condition, Map<Condition, boolean>>(), trace: new Map<Condition, Map<Condition, boolean>>() };
  return remembered(a, b, scope);

  function remembered(x: Condition, y: Condition, of: ImplicationScope): boolean {
    const byX = known[of].get(x) ?? new Map<Condition, boolean>();
    known[of].set(x, byX);
    const answer = byX.get(y);
    if (answer !== undefined) return answer;
    const found = looked(x, y, of);
    byX.set(y, found);
    return found;
  }

  function looked(x: Condition, y: Condition, of: ImplicationScope): boolean {
    if (y.kind === "always" || (y.kind === "spanCount" && y.atLeast <= 1)) return true;
    // What both ask for by halves: these two lose nothing.
    if (x.kind === "any") return x.of.every((part) => remembered(part, y, of));
    if (y.kind === "all") return y.of.every((part) => remembered(x, part, of));
    if (x.kind === "all" && x.of.some((part) => remembered(part, y, of))) return true;
    if (y.kind === "any" && y.of.some((part) => remembered(x, part, of))) return true;
    if (x.kind === "not" && y.kind === "not") return remembered(y.of, x.of, of);
    if (x.kind === "sameSpan") {
      if (of === "span") return remembered(x.of, y, "span");
      // Of the one span that fulfils it; what has no `not` then holds for its trace as well.
      const one = y.kind === "sameSpan" ? y.of : hasNot(y) ? undefined : y;
      return one !== undefined && remembered(x.of, one, "span");
    }
    if (y.kind === "sameSpan") {
      if (of === "span") return remembered(x, y.of, "span");
      return isOfOneSpan(x) && x.kind !== "latency" && remembered(x, y.of, "span");
    }
    if (x.kind === "spanCount") return y.kind === "spanCount" && x.atLeast >= y.atLeast;
    return isOfOneSpan(x) && isOfOneSpan(y) && atomImplies(x, y);
  }
}

function hasNot(condition: Condition): boolean {
  switch (condition.kind) {
    case "not":
      return true;
    case "all":
    case "any":
      return condition.of.some(hasNot);
    case "sameSpan":
      return hasNot(condition.of);
    // One span is not many.
    case "spanCount":
      return condition.atLeast > 1;
    default:
      return false;
  }
}

/** In trace scope these hold when they hold for any span; only latency is then the trace's. */
function isOfOneSpan(condition: Condition): condition is SpanAtom {
  switch (condition.kind) {
    case "status":
    case "latency":
    case "endpoint":
    case "service":
    case "attribute":
    case "spanKind":
      return true;
    default:
      return false;
  }
}
