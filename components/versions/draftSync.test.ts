import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDraftSync, type DraftPlaceState, SAVE_AFTER_MS } from "./draftSync.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp({ exists = false } = {}) {
  const answers: { value: string; resolve: (saved: { savedAtMs: number }) => void; reject: (error: Error) => void }[] = [];
  const states: DraftPlaceState[] = [];
  const saved: string[] = [];
  const discard = vi.fn(async () => {});
  const sync = createDraftSync<string, { savedAtMs: number }>({
    save: (value) => new Promise((resolve, reject) => answers.push({ value, resolve, reject })),
    discard,
    exists,
    onState: (state) => states.push(state),
    onSaved: (_answer, value) => saved.push(value),
    inWords: (error) => (error as Error).message,
    setTimer: (run, ms) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  });
  const settle = () => vi.advanceTimersByTimeAsync(0);
  return { sync, answers, states, saved, discard, settle };
}

describe("a draft on its way to the server", () => {
  it("is sent once, a moment after the last keystroke", async () => {
    const { sync, answers, states, settle } = setUp();
    for (const value of ["a", "ab", "abc"]) {
      sync.set(value);
      await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS - 1);
    }
    expect(answers).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(answers.map(({ value }) => value)).toEqual(["abc"]);
    answers[0].resolve({ savedAtMs: 7 });
    await settle();
    expect(states.at(-1)).toEqual({ kind: "saved", atMs: 7 });
  });

  it("has one request at a time, and the newest state follows it", async () => {
    const { sync, answers, states, settle } = setUp();
    sync.set("a");
    sync.flush();
    sync.set("b");
    sync.flush();
    sync.set("c");
    sync.flush();
    expect(answers.map(({ value }) => value)).toEqual(["a"]);
    answers[0].resolve({ savedAtMs: 1 });
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(answers.map(({ value }) => value)).toEqual(["a", "c"]);
    expect(states.at(-1)).toEqual({ kind: "unsaved" });
    answers[1].resolve({ savedAtMs: 2 });
    await settle();
    expect(states.at(-1)).toEqual({ kind: "saved", atMs: 2 });
  });

  it("stays here when it can't be saved, says why, and is tried again", async () => {
    const { sync, answers, states, settle } = setUp();
    sync.set("a");
    sync.flush();
    answers[0].reject(new Error("offline"));
    await settle();
    expect(states.at(-1)).toEqual({ kind: "here", why: "offline" });
    await vi.advanceTimersByTimeAsync(2_000);
    answers[1].reject(new Error("offline"));
    await settle();
    await vi.advanceTimersByTimeAsync(3_999);
    expect(answers).toHaveLength(2);
    sync.flush();
    answers[2].resolve({ savedAtMs: 3 });
    await settle();
    expect(states.at(-1)).toEqual({ kind: "saved", atMs: 3 });
  });

  it("is forgotten by the server when nothing differs any more, and only if it was there", async () => {
    const never = setUp();
    never.sync.set(null);
    never.sync.flush();
    expect(never.discard).not.toHaveBeenCalled();
    expect(never.states.at(-1)).toEqual({ kind: "clean" });
    const there = setUp({ exists: true });
    there.sync.set(null);
    there.sync.flush();
    await there.settle();
    expect(there.discard).toHaveBeenCalledOnce();
    expect(there.states.at(-1)).toEqual({ kind: "clean" });
  });

  it("does not come back when it was on its way while the version was saved", async () => {
    const { sync, answers, saved, discard } = setUp();
    sync.set("a");
    sync.flush();
    const stopped = sync.stop(true);
    expect(discard).not.toHaveBeenCalled();
    answers[0].resolve({ savedAtMs: 1 });
    await stopped;
    expect(discard).toHaveBeenCalledOnce();
    expect(saved).toEqual([]);
    sync.set("b");
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS * 100);
    expect(answers).toHaveLength(1);
  });
});
