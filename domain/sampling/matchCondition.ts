import type { AttributeOp, Condition, TextMatch } from "./condition.ts";
import {
  type Attribute,
  type AttributeValue,
  durationNs,
  ENDPOINT_KEYS,
  latencyBoundNs,
  SERVICE_KEY,
  SPAN_KINDS,
  type SpanFacts,
  STATUS_CODES,
  type TraceFacts,
} from "./spanFacts.ts";
import { compilePattern } from "./textPattern.ts";

/** Whether a trace fulfils a condition: the meaning that the collector's compiled matcher is held to. A span alone is a trace of one span. */
export function matchTrace(condition: Condition, trace: TraceFacts): boolean {
  switch (condition.kind) {
    case "latency":
      return isAbove(durationNs(trace.spans), condition.aboveMs);
    case "spanCount":
      return trace.spans.length >= condition.atLeast;
    case "all":
      return condition.of.every((child) => matchTrace(child, trace));
    case "any":
      return condition.of.some((child) => matchTrace(child, trace));
    case "not":
      return !matchTrace(condition.of, trace);
    case "sameSpan":
      return trace.spans.some((span) => matchCondition(condition.of, span));
    default:
      return trace.spans.some((span) => matchCondition(condition, span));
  }
}

function isAbove(duration: bigint | undefined, aboveMs: number): boolean {
  return duration !== undefined && duration > latencyBoundNs(aboveMs);
}

/** Whether one span by itself fulfils a condition. */
export function matchCondition(condition: Condition, span: SpanFacts): boolean {
  switch (condition.kind) {
    case "always":
      return true;
    case "status":
      return span.statusCode === STATUS_CODES[condition.is];
    case "latency":
      return isAbove(durationNs([span]), condition.aboveMs);
    case "endpoint":
      return endpointTexts(span).some((text) => condition.values.some((value) => matchText(condition.match, value, text)));
    case "service":
      return textsOf(span.resource, SERVICE_KEY).some((text) => condition.values.some((value) => matchText(condition.match, value, text)));
    case "attribute": {
      const { key, op, value } = condition;
      const attributes = condition.in === "span" ? span.attributes : span.resource;
      return attributes.some((attribute) => attribute.key === key && matchValue(op, value, attribute.value));
    }
    case "spanKind":
      return span.kind === SPAN_KINDS[condition.is];
    case "spanCount":
      return condition.atLeast <= 1;
    case "sameSpan":
      return matchCondition(condition.of, span);
    case "all":
      return condition.of.every((child) => matchCondition(child, span));
    case "any":
      return condition.of.some((child) => matchCondition(child, span));
    case "not":
      return !matchCondition(condition.of, span);
  }
}

function endpointTexts(span: SpanFacts): string[] {
  return [span.name, ...ENDPOINT_KEYS.flatMap((key) => textsOf(span.attributes, key))];
}

function textsOf(attributes: readonly Attribute[], key: string): string[] {
  return attributes.flatMap((attribute) => (attribute.key === key && typeof attribute.value === "string" ? [attribute.value] : []));
}

function matchText(match: TextMatch, value: string, text: string): boolean {
  switch (match) {
    case "exact":
      return text === value;
    case "prefix":
      return text.startsWith(value);
    case "contains":
      return text.includes(value);
    case "regex":
      return compilePattern(value)(text);
  }
}

function matchValue(op: AttributeOp, wanted: string | number | boolean | undefined, actual: AttributeValue): boolean {
  const value = typeof actual === "bigint" ? Number(actual) : actual;
  switch (op) {
    case "exists":
      return true;
    case "equals":
      return value === wanted;
    case "notEquals":
      return value !== wanted;
    case "contains":
    case "prefix":
    case "regex":
      return typeof value === "string" && matchText(op, String(wanted), value);
    case "above":
      return typeof value === "number" && value > Number(wanted);
    case "atLeast":
      return typeof value === "number" && value >= Number(wanted);
    case "below":
      return typeof value === "number" && value < Number(wanted);
    case "atMost":
      return typeof value === "number" && value <= Number(wanted);
  }
}
