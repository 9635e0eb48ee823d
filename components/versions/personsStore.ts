import type { Store } from "./draftsOf.ts";

/** What one person keeps in a browser that others use too: each sees and counts only their own. */
export function personsStore(store: Store, personId: string): Store {
  const prefix = `${personId} `;
  const own = () =>
    Array.from({ length: store.length }, (_, index) => store.key(index)).flatMap((key) => (key?.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  return {
    get length() {
      return own().length;
    },
    key: (index) => own()[index] ?? null,
    getItem: (key) => store.getItem(prefix + key),
    setItem: (key, value) => store.setItem(prefix + key, value),
    removeItem: (key) => store.removeItem(prefix + key),
  };
}
