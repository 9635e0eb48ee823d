import type { DraftPolicy, DraftTier } from "./draftPolicy.ts";
import { draftTraceSettings } from "./traceDraft.ts";

/** Drafts kept in one browser; the oldest goes when there are more. */
export const DRAFTS_MAX = 20;
const PREFIX = "headgate.draft.policy.";

export type StoredDraft = { draft: DraftPolicy; name: string | null; savedAtMs: number };
type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** One draft per policy and the version it started from; a new policy's stands under what it was made from. */
export function draftKey(policyId: string, baseVersion: number): string {
  return `${PREFIX}${policyId}.v${baseVersion}`;
}

/** `null` when there is none or it can't be read (another format, cut off): then the draft starts from the version. */
export function readDraft(store: Store, key: string): StoredDraft | null {
  const text = store.getItem(key);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isStoredDraft(value) ? { ...value, draft: completed(value.draft) } : null;
  } catch {
    return null;
  }
}

/** False when the browser refused (storage full or forbidden): the caller says that the draft is not kept. */
export function writeDraft(store: Store, key: string, stored: StoredDraft): boolean {
  try {
    store.setItem(key, JSON.stringify(stored));
    dropOldest(store);
    return true;
  } catch {
    return false;
  }
}

export function forgetDraft(store: Store, key: string): void {
  store.removeItem(key);
}

function dropOldest(store: Store) {
  const keys = Array.from({ length: store.length }, (_, index) => store.key(index)).filter((key): key is string => key?.startsWith(PREFIX) === true);
  const byAge = keys.map((key) => ({ key, at: readDraft(store, key)?.savedAtMs ?? 0 })).sort((a, b) => b.at - a.at);
  for (const { key } of byAge.slice(DRAFTS_MAX)) store.removeItem(key);
}

function isStoredDraft(value: unknown): value is StoredDraft {
  if (typeof value !== "object" || value === null || !("draft" in value) || !("savedAtMs" in value)) return false;
  const { draft, savedAtMs } = value;
  if (typeof savedAtMs !== "number" || typeof draft !== "object" || draft === null || !("tiers" in draft) || !("nextId" in draft)) return false;
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
