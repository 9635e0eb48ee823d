import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type DraftPlaceInput, draftPlaceSchema, type StoredDraft } from "./draftInput.ts";
import { draftOwner } from "./draftOwner.ts";
import { toDraftItem } from "./toDraftItem.ts";

/** The caller's own draft of one document; null when there is none. */
export async function getDraft({ ctx, input: untrusted }: Call<DraftPlaceInput>): Promise<StoredDraft | null> {
  const userId = draftOwner(ctx);
  const { kind, key } = parseInput(draftPlaceSchema, untrusted);
  const row = await ctx.db.draft.findUnique({ where: { userId_kind_key: { userId, kind, key } } });
  const item = row && toDraftItem(row);
  return item && { ...item, body: JSON.parse(row.body) as unknown, tab: row.tab };
}
