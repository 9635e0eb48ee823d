import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type DraftPlaceInput, draftPlaceSchema } from "./draftInput.ts";
import { draftOwner } from "./draftOwner.ts";

/** Forgets the caller's draft of one document; that there was none is no error. */
export async function discardDraft({ ctx, input: untrusted }: Call<DraftPlaceInput>): Promise<{ discarded: boolean }> {
  const userId = draftOwner(ctx);
  const { kind, key } = parseInput(draftPlaceSchema, untrusted);
  const { count } = await ctx.db.draft.deleteMany({ where: { userId, kind, key } });
  return { discarded: count > 0 };
}
