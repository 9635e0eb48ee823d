/** Where the newest state of a draft is. `here`: only in this tab (and its browser's storage), because saving it failed. */
export type DraftPlaceState = { kind: "clean" } | { kind: "unsaved" } | { kind: "saved"; atMs: number } | { kind: "here"; why: string };

export type SavedDraft = { savedAtMs: number };

type Parts<Value, Saved extends SavedDraft> = {
  save: (value: Value) => Promise<Saved>;
  discard: () => Promise<unknown>;
  /** True when the server has a draft already. */
  exists: boolean;
  onState: (state: DraftPlaceState) => void;
  /** The server has taken `value`. */
  onSaved: (saved: Saved, value: Value) => void;
  inWords: (error: unknown) => string;
  setTimer: (run: () => void, ms: number) => () => void;
};

/** After the last keystroke. */
export const SAVE_AFTER_MS = 1_000;
const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 60_000;

/** Brings a draft to the server a moment after the last change: one request at a time, always the newest state, again after a failure. */
export function createDraftSync<Value, Saved extends SavedDraft>({ save, discard, exists, onState, onSaved, inWords, setTimer }: Parts<Value, Saved>) {
  let wanted: Value | null = null;
  let pending = false;
  let onServer = exists;
  let failures = 0;
  let stopped = false;
  let inFlight: Promise<void> | null = null;
  let clearTimer: (() => void) | null = null;

  function schedule(ms: number) {
    clearTimer?.();
    clearTimer = setTimer(push, ms);
  }

  function push() {
    clearTimer?.();
    clearTimer = null;
    if (!pending || inFlight !== null || stopped) return;
    pending = false;
    const value = wanted;
    if (value === null && !onServer) return onState({ kind: "clean" });
    const work = value === null ? forget() : store(value);
    inFlight = work.catch(failed).finally(() => {
      inFlight = null;
      if (pending && clearTimer === null) push();
    });
  }

  async function store(value: Value) {
    const saved = await save(value);
    failures = 0;
    onServer = true;
    if (stopped) return;
    onSaved(saved, value);
    if (!pending) onState({ kind: "saved", atMs: saved.savedAtMs });
  }

  async function forget() {
    await discard();
    failures = 0;
    onServer = false;
    if (!pending && !stopped) onState({ kind: "clean" });
  }

  function failed(error: unknown) {
    failures++;
    pending = true;
    if (stopped) return;
    onState({ kind: "here", why: inWords(error) });
    schedule(Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (failures - 1)));
  }

  return {
    /** The draft as it is now; null when nothing differs from the version any more. */
    set(value: Value | null) {
      if (stopped) return;
      wanted = value;
      pending = true;
      if (value !== null && failures === 0) onState({ kind: "unsaved" });
      schedule(SAVE_AFTER_MS);
    },
    /** At once instead of after the pause: the page is left, or the network is back. */
    flush: push,
    /** Nothing more is saved. `drop`: what the server has goes too, also what is on its way there. */
    async stop(drop: boolean) {
      stopped = true;
      clearTimer?.();
      const hadOne = onServer || inFlight !== null;
      await inFlight;
      if (drop && hadOne) await discard().catch(() => {});
    },
  };
}
