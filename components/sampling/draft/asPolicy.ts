import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { type DraftPolicy, policyInput } from "./draftPolicy.ts";
import { TRACE_DEFAULTS } from "./traceDraft.ts";

/** The draft in a policy's shape, unchecked: fit for comparing tier by tier while something in it is still wrong, never for saving. */
export function asPolicy(draft: DraftPolicy): SamplingPolicy {
  const policy = policyInput(draft) as SamplingPolicy;
  if (policy.scope === "span") return policy;
  return { ...TRACE_DEFAULTS, ...policy, decisionCache: { ...TRACE_DEFAULTS.decisionCache, ...policy.decisionCache } };
}
