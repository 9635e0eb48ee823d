import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { Call } from "../context.ts";
import type { SaveVersionInput } from "../documents/documentInput.ts";
import { saveVersion } from "../documents/saveVersion.ts";
import { policyKind } from "./policyKind.ts";

export type SavePolicyVersionInput = SaveVersionInput<SamplingPolicy>;

export async function savePolicyVersion({ ctx, input }: Call<SavePolicyVersionInput>): Promise<{ version: number }> {
  return saveVersion(ctx, policyKind, input);
}
