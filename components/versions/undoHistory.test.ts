import { describe, expect, it } from "vitest";
import { recordEdit, redo, startHistory, UNDO_MAX, undo } from "./undoHistory.ts";

describe("undo", () => {
  it("takes back one step and brings it again", () => {
    const edited = recordEdit(recordEdit(startHistory("a"), "b", null), "c", null);
    expect(undo(edited).present).toBe("b");
    expect(undo(undo(edited)).present).toBe("a");
    expect(redo(undo(edited)).present).toBe("c");
  });

  it("takes back typing in one field as a whole", () => {
    const typed = ["1", "15", "150"].reduce((history, text) => recordEdit(history, text, "keep:4"), startHistory(""));
    expect(undo(typed).present).toBe("");
    const elsewhere = recordEdit(typed, "other field", "keep:5");
    expect(undo(elsewhere).present).toBe("150");
  });

  it("begins a new step for the same field after an undo", () => {
    const typed = recordEdit(recordEdit(startHistory("a"), "b", null), "c", "keep:4");
    const again = recordEdit(undo(typed), "d", "keep:4");
    expect(undo(again).present).toBe("b");
  });

  it("forgets what was undone once something else is done", () => {
    const again = recordEdit(undo(recordEdit(startHistory("a"), "b", null)), "c", null);
    expect(redo(again)).toBe(again);
  });

  it("does nothing at either end and for an edit that changes nothing", () => {
    const history = startHistory("a");
    expect(undo(history)).toBe(history);
    expect(redo(history)).toBe(history);
    expect(recordEdit(history, "a", null)).toBe(history);
  });

  it("keeps a bounded number of steps and forgets the oldest", () => {
    let history = startHistory(0);
    for (let step = 1; step <= UNDO_MAX + 50; step++) history = recordEdit(history, step, null);
    expect(history.past).toHaveLength(UNDO_MAX);
    for (let step = 0; step < UNDO_MAX + 50; step++) history = undo(history);
    expect(history.present).toBe(50);
  });
});
