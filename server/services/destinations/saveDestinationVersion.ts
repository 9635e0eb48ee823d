import type { Call } from "../context.ts";
import type { SaveVersionInput } from "../documents/documentInput.ts";
import { saveVersion } from "../documents/saveVersion.ts";
import type { DestinationBodyInput } from "./destinationBody.ts";
import { destinationKind } from "./destinationKind.ts";

export type SaveDestinationVersionInput = SaveVersionInput<DestinationBodyInput>;

export async function saveDestinationVersion({ ctx, input }: Call<SaveDestinationVersionInput>): Promise<{ version: number }> {
  return saveVersion(ctx, destinationKind, input);
}
