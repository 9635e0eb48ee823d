export type Cursor = { atMs: number /** The panel that the pointer or the focus is in. */; panel: string } | null;
export type CursorStore = ReturnType<typeof createCursorStore>;

/** The one moment that all charts of a page point at. */
export function createCursorStore() {
  let cursor: Cursor = null;
  const listeners = new Set<() => void>();
  return {
    get: () => cursor,
    set(next: Cursor) {
      if (next?.atMs === cursor?.atMs && next?.panel === cursor?.panel) return;
      cursor = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
