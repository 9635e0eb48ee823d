import { draftsOf } from "../../versions/draftsOf.ts";
import type { DraftPolicy, DraftTier } from "./draftPolicy.ts";
import { draftTraceSettings } from "./traceDraft.ts";

export const policyDrafts = draftsOf<DraftPolicy>("policy", (value) => (isDraftPolicy(value) ? completed(value) : null));
export const { draftKey, readDraft, writeDraft, forgetDraft } = policyDrafts;

function isDraftPolicy(draft: unknown): draft is DraftPolicy {
  if (typeof draft !== "object" || draft === null || !("tiers" in draft) || !("nextId" in draft)) return false;
  return typeof draft.nextId === "number" && Array.isArray(draft.tiers) && draft.tiers.length > 0 && draft.tiers.every(isDraftTier);
}

/** Drafts that were kept before there was trace scope lack what came with it. */
function completed(draft: DraftPolicy): DraftPolicy {
  const older: Partial<DraftPolicy> = draft;
  return {
    ...draft,
    scope: older.scope ?? "span",
    trace: { ...draftTraceSettings(null), ...older.trace },
    tiers: draft.tiers.map((tier) => ({ ...NEW_IN_TIERS, ...tier })),
  };
}
const NEW_IN_TIERS: Partial<DraftTier> = { keep: "ratio", keepPerS: "" };

function isDraftTier(tier: unknown): boolean {
  return typeof tier === "object" && tier !== null && "condition" in tier && "name" in tier && "keepPercent" in tier && "id" in tier;
}
