import type { Call } from "../context.ts";
import type { RenameInput } from "../documents/documentInput.ts";
import { renameDocument } from "../documents/renameDocument.ts";
import { destinationKind } from "./destinationKind.ts";

export async function renameDestination({ ctx, input }: Call<RenameInput>): Promise<{ id: string; name: string }> {
  return renameDocument(ctx, destinationKind, input);
}
