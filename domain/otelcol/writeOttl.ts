import type { Condition } from "../sampling/condition.ts";
import { ENDPOINT_KEYS, latencyBoundNs, SERVICE_KEY } from "../sampling/spanFacts.ts";
import { NotWritable } from "./notWritable.ts";

const SPAN_KIND = "SPAN_KIND_";
const STATUS_CODE = "STATUS_CODE_";
const COMPARISONS = { equals: "==", notEquals: "!=", above: ">", atLeast: ">=", below: "<", atMost: "<=" } as const;

/** What one span has to fulfil as an OTTL condition: the same spans fulfil it there. Throws NotWritable. */
export function writeOttl(condition: Condition): string {
  switch (condition.kind) {
    case "always":
      return "true";
    case "status":
      return `span.status.code == ${STATUS_CODE}${condition.is.toUpperCase()}`;
    case "spanKind":
      return `span.kind == ${SPAN_KIND}${condition.is.toUpperCase()}`;
    case "latency": {
      const bound = latencyBoundNs(condition.aboveMs);
      return `(span.start_time_unix_nano > 0 and span.end_time_unix_nano > 0 and span.end_time_unix_nano - span.start_time_unix_nano > ${bound})`;
    }
    case "endpoint":
      return anyOf(["span.name", ...ENDPOINT_KEYS.map((key) => attributeAt("span", key))].map((at) => textIs(at, condition.match, condition.values)));
    case "service":
      return textIs(attributeAt("resource", SERVICE_KEY), condition.match, condition.values);
    case "attribute":
      return attribute(condition);
    case "all":
      return `(${condition.of.map(writeOttl).join(" and ")})`;
    case "any":
      return anyOf(condition.of.map(writeOttl));
    case "not":
      return `not (${writeOttl(condition.of)})`;
    case "sameSpan":
      return writeOttl(condition.of);
    case "spanCount":
      throw new NotWritable("counts spans beside asking one of them");
  }
}

const anyOf = (parts: readonly string[]) => (parts.length === 1 ? parts[0] : `(${parts.join(" or ")})`);
const attributeAt = (place: "span" | "resource", key: string) => `${place}.attributes[${JSON.stringify(key)}]`;

/** IsMatch reads numbers and lists as texts, so it is asked of texts alone. */
function textIs(at: string, match: "exact" | "prefix" | "contains" | "regex", values: readonly string[]): string {
  if (match === "exact") return anyOf(values.map((value) => `${at} == ${JSON.stringify(value)}`));
  const matches = anyOf(values.map((value) => `IsMatch(${at}, ${JSON.stringify(patternOf(match, value))})`));
  return at === "span.name" ? matches : `(IsString(${at}) and ${matches})`;
}

/** The regular expression that finds what `match` finds. */
export function patternOf(match: "prefix" | "contains" | "regex", value: string): string {
  const quoted = value.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
  return match === "regex" ? value : match === "prefix" ? `^${quoted}` : quoted;
}

function attribute({ key, in: place, op, value }: Extract<Condition, { kind: "attribute" }>): string {
  const at = attributeAt(place, key);
  if (op === "exists") return `${at} != nil`;
  if (op === "contains" || op === "prefix" || op === "regex") return textIs(at, op, [String(value)]);
  const compared = `${at} ${COMPARISONS[op]} ${literal(value)}`;
  // What is not there differs from everything, and is less than nothing.
  return op === "notEquals" ? `(${at} != nil and ${compared})` : compared;
}

function literal(value: string | number | boolean | undefined): string {
  if (typeof value !== "number") return JSON.stringify(value);
  const written = String(value);
  if (!/^-?\d+(\.\d+)?$/.test(written) || !(Number.isSafeInteger(value) || written.includes(".")))
    throw new NotWritable(`compares with ${value}, which OTTL can't write`);
  return written;
}
