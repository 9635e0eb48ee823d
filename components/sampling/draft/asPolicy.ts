import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { type DraftPolicy, policyInput } from "./draftPolicy.ts";

/** The draft in a policy's shape, unchecked: fit for comparing tier by tier while something in it is still wrong, never for saving. */
export function asPolicy(draft: DraftPolicy): SamplingPolicy {
  return policyInput(draft) as SamplingPolicy;
}
