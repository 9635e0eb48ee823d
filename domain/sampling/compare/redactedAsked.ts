import { isRedacted } from "../../pipeline/redaction.ts";
import type { Condition } from "../condition.ts";
import type { SamplingPolicy } from "../samplingPolicy.ts";
import { ENDPOINT_KEYS, SERVICE_KEY } from "../spanFacts.ts";

/**
 * The attributes whose values some condition of the policies looks at and `redacted` names, in order of their names; a name that ends with `*` stands for all that begin
 * so. Whether an attribute is there at all can be answered without its value.
 */
export function redactedAsked(policies: readonly SamplingPolicy[], redacted: readonly string[]): string[] {
  const asked = new Set(policies.flatMap(({ tiers }) => tiers.flatMap(({ condition }) => keysOf(condition))));
  return [...asked].filter((key) => isRedacted(redacted, key)).sort();
}

function keysOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case "attribute":
      return condition.op === "exists" ? [] : [condition.key];
    case "endpoint":
      return ENDPOINT_KEYS;
    case "service":
      return [SERVICE_KEY];
    case "all":
    case "any":
      return condition.of.flatMap(keysOf);
    case "not":
    case "sameSpan":
      return keysOf(condition.of);
    default:
      return [];
  }
}
