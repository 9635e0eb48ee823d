import { describePolicyChange } from "#domain/sampling/describePolicyChange.ts";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import type { DocumentKind } from "../documents/documentKind.ts";
import { parseInput } from "../parseInput.ts";

export const policyKind: DocumentKind<SamplingPolicy> = {
  kind: "sampling",
  entity: "policy",
  noun: "sampling policy",
  take: (input) => ({ body: toPolicy(input, "body"), secrets: {} }),
  show: (version) => toPolicy(version.body),
  describe: describePolicyChange,
};

function toPolicy(input: unknown, root = ""): SamplingPolicy {
  return parseInput(samplingPolicySchema, input ?? {}, root);
}
