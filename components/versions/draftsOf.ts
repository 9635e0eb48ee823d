/** Drafts of one kind kept in one browser; the oldest goes when there are more. */
export const DRAFTS_MAX = 20;

export type StoredDraft<Draft> = { draft: Draft; name: string | null; savedAtMs: number };
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;
export type Drafts<Draft> = ReturnType<typeof draftsOf<Draft>>;

/** Where drafts of one kind of document are kept. `toDraft` gives null for what is no draft (another format, cut off). */
export function draftsOf<Draft>(kind: string, toDraft: (value: unknown) => Draft | null) {
  const prefix = `headgate.draft.${kind}.`;

  /** One draft per document and the version it started from; a new document's stands under what it was made from. */
  function draftKey(documentId: string, baseVersion: number): string {
    return `${prefix}${documentId}.v${baseVersion}`;
  }

  /** `null` when there is none or it can't be read: then the draft starts from the version. */
  function readDraft(store: Store, key: string): StoredDraft<Draft> | null {
    const text = store.getItem(key);
    if (text === null) return null;
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value !== "object" || value === null || !("draft" in value) || !("savedAtMs" in value) || typeof value.savedAtMs !== "number") return null;
      const draft = toDraft(value.draft);
      const name = "name" in value && typeof value.name === "string" ? value.name : null;
      return draft === null ? null : { draft, name, savedAtMs: value.savedAtMs };
    } catch {
      return null;
    }
  }

  /** False when the browser refused (storage full or forbidden): the caller says that the draft is not kept. */
  function writeDraft(store: Store, key: string, stored: StoredDraft<Draft>): boolean {
    try {
      store.setItem(key, JSON.stringify(stored));
      dropOldest(store);
      return true;
    } catch {
      return false;
    }
  }

  function forgetDraft(store: Store, key: string): void {
    store.removeItem(key);
  }

  function dropOldest(store: Store) {
    const keys = Array.from({ length: store.length }, (_, index) => store.key(index)).filter((key): key is string => key?.startsWith(prefix) === true);
    const byAge = keys.map((key) => ({ key, at: readDraft(store, key)?.savedAtMs ?? 0 })).sort((a, b) => b.at - a.at);
    for (const { key } of byAge.slice(DRAFTS_MAX)) store.removeItem(key);
  }

  return { readBody: toDraft, draftKey, readDraft, writeDraft, forgetDraft };
}
