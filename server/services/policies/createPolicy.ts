import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { Call } from "../context.ts";
import { createDocument } from "../documents/createDocument.ts";
import type { CreateInput } from "../documents/documentInput.ts";
import { policyKind } from "./policyKind.ts";

export type CreatePolicyInput = CreateInput<SamplingPolicy>;

export async function createPolicy({ ctx, input }: Call<CreatePolicyInput>): Promise<{ id: string; version: 1 }> {
  return createDocument(ctx, policyKind, input);
}
