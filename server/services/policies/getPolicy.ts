import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import type { DocumentView } from "../documents/documentKind.ts";
import { getDocument } from "../documents/getDocument.ts";
import { parseInput } from "../parseInput.ts";
import { policyKind } from "./policyKind.ts";

export async function getPolicy({ ctx, input }: Call<ByIdInput>): Promise<DocumentView<SamplingPolicy>> {
  return getDocument(ctx, policyKind, parseInput(byIdSchema, input).id);
}
