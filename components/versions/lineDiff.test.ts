import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DIFF_CELLS_MAX, lineDiff } from "./lineDiff.ts";
import { sideBySide } from "./sideBySide.ts";

describe("lineDiff", () => {
  it("shows a changed line as removed, then added, between what stays", () => {
    expect(lineDiff("a\nb\nc\n", "a\nB\nc\n")).toEqual([
      { kind: "same", text: "a", before: 1, after: 1 },
      { kind: "removed", text: "b", before: 2, after: null },
      { kind: "added", text: "B", before: null, after: 2 },
      { kind: "same", text: "c", before: 3, after: 3 },
    ]);
  });

  it("finds nothing in equal texts", () => {
    expect(lineDiff("a\nb", "a\nb").every((line) => line.kind === "same")).toBe(true);
  });

  it("contains both texts whole, in order and with their line numbers", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before.join("\n"), after.join("\n"));
        expect(lines.filter((line) => line.kind !== "added").map((line) => line.text)).toEqual(before);
        expect(lines.filter((line) => line.kind !== "removed").map((line) => line.text)).toEqual(after);
        expect(lines.flatMap((line) => line.before ?? [])).toEqual(before.map((_, index) => index + 1));
        expect(lines.flatMap((line) => line.after ?? [])).toEqual(after.map((_, index) => index + 1));
      }),
    );
  });

  it("shows everything as replaced beyond its bound where nothing stands on both sides, instead of running out of memory", () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `line ${index}`);
    const lines = lineDiff(many.join("\n"), many.map((line) => `${line}!`).join("\n"));
    expect(lines).toHaveLength(2 * many.length);
  });

  it("finds what changed in texts beyond its bound, by the lines that stand once on either side", () => {
    const tier = (index: number, ratio: number) => [`- name: tier ${index}`, "  condition:", "    kind: status", `  keep: ${ratio}`];
    const before = Array.from({ length: 2_000 }, (_, index) => tier(index, 1));
    const after = before.map((lines, index) => (index % 10 === 0 ? tier(index, 0.5) : lines));
    expect(before.flat().length ** 2).toBeGreaterThan(DIFF_CELLS_MAX);
    const lines = lineDiff(["first", ...before.flat(), "last"].join("\n"), ["First", ...after.flat(), "Last"].join("\n"));
    const changed = lines.filter(({ kind }) => kind !== "same");
    expect(changed).toHaveLength(2 * (200 + 2));
    expect(changed.slice(2, 4).map(({ kind, text }) => [kind, text])).toEqual([
      ["removed", "  keep: 1"],
      ["added", "  keep: 0.5"],
    ]);
  });
});

describe("sideBySide", () => {
  it("puts what was removed beside what came in its place, and leaves a gap where one side has more", () => {
    const rows = sideBySide(lineDiff("a\nb\nc\nd", "a\nB\nd\ne"));
    expect(rows.map(({ before, after }) => [before?.text ?? null, after?.text ?? null])).toEqual([
      ["a", "a"],
      ["b", "B"],
      ["c", null],
      ["d", "d"],
      [null, "e"],
    ]);
  });
});
