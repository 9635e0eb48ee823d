import { AppError } from "../../errors/appError.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { DRAFT_CHARACTERS_MAX, DRAFTS_MAX, type SaveDraftInput, type SavedDraft, saveDraftSchema } from "./draftInput.ts";
import { draftOwner } from "./draftOwner.ts";
import { refuseSecrets } from "./refuseSecrets.ts";
import { toDraftItem } from "./toDraftItem.ts";

/** Keeps what a person has not saved yet. The last write wins: two tabs of one person are told of each other, not kept apart. */
export async function saveDraft({ ctx, input: untrusted }: Call<SaveDraftInput>): Promise<SavedDraft> {
  const userId = draftOwner(ctx);
  const { body: unchecked, ...rest } = Object(untrusted) as Record<string, unknown>;
  const { kind, key, baseVersion, name, tab, owner } = parseInput(saveDraftSchema, rest);
  if (owner !== undefined && owner !== userId)
    throw new AppError("UNAUTHENTICATED", "somebody else is signed in in this browser by now; the draft is not theirs, and stays with who typed it");
  if (kind === "export") refuseSecrets(unchecked);
  const body = JSON.stringify(unchecked ?? null);
  if (body.length > DRAFT_CHARACTERS_MAX)
    throw new AppError(
      "INVALID",
      `body: the draft has ${body.length} characters, at most ${DRAFT_CHARACTERS_MAX} are kept; save it as a version, or take something out`,
    );
  const updatedAt = new Date(ctx.ports.nowMs());
  return ctx.db.$transaction(async (tx) => {
    const place = { userId_kind_key: { userId, kind, key } };
    const before = await tx.draft.findUnique({ where: place, select: { tab: true, updatedAt: true } });
    const content = { baseVersion, name, body, tab, updatedAt };
    await tx.draft.upsert({ where: place, create: { userId, kind, key, ...content }, update: content });
    const over = await tx.draft.findMany({ where: { userId }, orderBy: [{ updatedAt: "desc" }, { key: "asc" }], skip: DRAFTS_MAX });
    for (const row of over) await tx.draft.deleteMany({ where: { userId, kind: row.kind, key: row.key } });
    return {
      savedAtMs: updatedAt.getTime(),
      otherTabAtMs: before !== null && before.tab !== tab ? before.updatedAt.getTime() : null,
      letGo: over.flatMap((row) => toDraftItem(row) ?? []),
    };
  });
}
