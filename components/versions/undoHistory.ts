/** Steps kept for undo; the oldest is forgotten beyond it. */
export const UNDO_MAX = 200;

export type UndoHistory<T> = { past: T[]; present: T; future: T[]; lastKey: string | null };

export function startHistory<T>(present: T): UndoHistory<T> {
  return { past: [], present, future: [], lastKey: null };
}

/** Typing in one field is one step: edits with the same `key`, one after the other, are undone together. `null` is always a step of its own. */
export function recordEdit<T>(history: UndoHistory<T>, present: T, key: string | null): UndoHistory<T> {
  if (present === history.present) return history;
  if (key !== null && key === history.lastKey && history.past.length > 0) return { ...history, present, future: [] };
  return { past: [...history.past.slice(-(UNDO_MAX - 1)), history.present], present, future: [], lastKey: key };
}

export function undo<T>(history: UndoHistory<T>): UndoHistory<T> {
  const previous = history.past.at(-1);
  if (previous === undefined) return history;
  return { past: history.past.slice(0, -1), present: previous, future: [history.present, ...history.future], lastKey: null };
}

export function redo<T>(history: UndoHistory<T>): UndoHistory<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, lastKey: null };
}
