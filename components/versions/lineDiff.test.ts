import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DIFF_LINES_MAX, lineDiff } from "./lineDiff.ts";

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

  it("shows everything as replaced beyond its bound instead of running out of memory", () => {
    const many = Array.from({ length: DIFF_LINES_MAX }, (_, index) => `line ${index}`);
    const lines = lineDiff(many.join("\n"), many.map((line) => `${line}!`).join("\n"));
    expect(lines).toHaveLength(2 * DIFF_LINES_MAX);
  });
});
