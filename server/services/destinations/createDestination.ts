import type { Call } from "../context.ts";
import { createDocument } from "../documents/createDocument.ts";
import type { CreateInput } from "../documents/documentInput.ts";
import type { DestinationBodyInput } from "./destinationBody.ts";
import { destinationKind } from "./destinationKind.ts";

export type CreateDestinationInput = CreateInput<DestinationBodyInput>;

export async function createDestination({ ctx, input }: Call<CreateDestinationInput>): Promise<{ id: string; version: 1 }> {
  return createDocument(ctx, destinationKind, input);
}
