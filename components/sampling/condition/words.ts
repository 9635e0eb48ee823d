import type { AttributeOp, SpanKindName, TextMatch } from "#domain/sampling/condition.ts";
import type { AttributeValueType } from "../draft/draftPolicy.ts";
import type { LeafKind } from "../draft/editCondition.ts";

type Choice<V extends string> = { value: V; label: string };

const SPAN_LEAVES: readonly Choice<LeafKind>[] = [
  { value: "endpoint", label: "endpoint" },
  { value: "service", label: "service" },
  { value: "status", label: "status" },
  { value: "latency", label: "duration" },
  { value: "attribute", label: "attribute" },
  { value: "spanKind", label: "span kind" },
];
const SPAN_COUNT: Choice<LeafKind> = { value: "spanCount", label: "number of spans" };
const TRACE_LEAVES: readonly Choice<LeafKind>[] = [
  ...SPAN_LEAVES.map((leaf): Choice<LeafKind> => (leaf.value === "latency" ? { value: "latency", label: "trace duration" } : leaf)),
  SPAN_COUNT,
];

/** What can be compared where: whole traces have a duration of their own and a number of spans, one span of a trace has neither. */
export function leafWords(scope: "span" | "trace", inSameSpan: boolean, present?: LeafKind): readonly Choice<LeafKind>[] {
  if (scope === "trace" && !inSameSpan) return TRACE_LEAVES;
  // What stands there keeps its name, also where the schema says that it can't stay.
  return present === "spanCount" ? [...SPAN_LEAVES, SPAN_COUNT] : SPAN_LEAVES;
}

export const GROUP_WORDS: readonly Choice<"all" | "any">[] = [
  { value: "all", label: "all of" },
  { value: "any", label: "any of" },
];

/** Begins what a single span of the trace has to fulfil all by itself. */
export const SAME_SPAN_WORDS = "one span with";

export const MATCH_WORDS: readonly Choice<TextMatch>[] = [
  { value: "exact", label: "is" },
  { value: "prefix", label: "begins with" },
  { value: "contains", label: "contains" },
  { value: "regex", label: "matches" },
];

export const OP_WORDS: readonly Choice<AttributeOp>[] = [
  { value: "equals", label: "is" },
  { value: "notEquals", label: "is not" },
  { value: "above", label: "above" },
  { value: "atLeast", label: "at least" },
  { value: "below", label: "below" },
  { value: "atMost", label: "at most" },
  { value: "contains", label: "contains" },
  { value: "prefix", label: "begins with" },
  { value: "regex", label: "matches" },
  { value: "exists", label: "is there" },
];

export const STATUS_WORDS: readonly Choice<"error" | "ok" | "unset">[] = [
  { value: "error", label: "error" },
  { value: "ok", label: "ok" },
  { value: "unset", label: "unset" },
];

export const SPAN_KIND_WORDS: readonly Choice<SpanKindName>[] = [
  { value: "server", label: "server" },
  { value: "client", label: "client" },
  { value: "producer", label: "producer" },
  { value: "consumer", label: "consumer" },
  { value: "internal", label: "internal" },
  { value: "unspecified", label: "unspecified" },
];

export const VALUE_TYPE_WORDS: readonly Choice<AttributeValueType>[] = [
  { value: "text", label: "text" },
  { value: "number", label: "number" },
  { value: "boolean", label: "true/false" },
];

export const WHERE_WORDS: readonly Choice<"span" | "resource">[] = [
  { value: "span", label: "span" },
  { value: "resource", label: "resource" },
];

export function wordFor<V extends string>(choices: readonly Choice<V>[], value: V): string {
  return choices.find((choice) => choice.value === value)?.label ?? value;
}
