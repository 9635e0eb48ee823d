import type { Call } from "../context.ts";
import type { RenameInput } from "../documents/documentInput.ts";
import { renameDocument } from "../documents/renameDocument.ts";
import { policyKind } from "./policyKind.ts";

export async function renamePolicy({ ctx, input }: Call<RenameInput>): Promise<{ id: string; name: string }> {
  return renameDocument(ctx, policyKind, input);
}
