import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import type { DocumentView } from "../documents/documentKind.ts";
import { getDocument } from "../documents/getDocument.ts";
import { parseInput } from "../parseInput.ts";
import type { DestinationBody } from "./destinationBody.ts";
import { destinationKind } from "./destinationKind.ts";

export async function getDestination({ ctx, input }: Call<ByIdInput>): Promise<DocumentView<DestinationBody>> {
  return getDocument(ctx, destinationKind, parseInput(byIdSchema, input).id);
}
