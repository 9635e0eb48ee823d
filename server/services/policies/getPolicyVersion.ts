import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { Call } from "../context.ts";
import { type ByVersionInput, byVersionSchema } from "../documents/documentInput.ts";
import type { VersionView } from "../documents/documentKind.ts";
import { getVersion } from "../documents/getVersion.ts";
import { parseInput } from "../parseInput.ts";
import { policyKind } from "./policyKind.ts";

export async function getPolicyVersion({ ctx, input }: Call<ByVersionInput>): Promise<VersionView<SamplingPolicy>> {
  const { id, number } = parseInput(byVersionSchema, input);
  return getVersion(ctx, policyKind, id, number);
}
