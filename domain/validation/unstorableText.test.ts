import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unstorableText } from "./unstorableText.ts";

describe("text that no database takes", () => {
  it("is found wherever it stands, and its place is named", () => {
    expect(unstorableText({ tiers: [{ name: "a" }, { name: "b\0" }] }, "body")).toEqual({
      path: "body.tiers[1].name",
      message: "must not contain the character U+0000",
    });
    expect(unstorableText(["\ud800"])?.path).toBe("[0]");
    expect(unstorableText({ "a\0b": 1 })?.message).toContain("U+0000");
    expect(unstorableText({ name: "Zoë 🚀", n: 1, on: true, none: null })).toBeNull();
  });

  it("never lets a NUL through, and never minds any other JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(unstorableText(value) !== null).toBe(text.includes("\\u0000") || /\\ud[89a-f][0-9a-f]{2}/i.test(text.replaceAll("\\\\", "")));
      }),
    );
  });

  it("gives up on nesting that would exhaust the stack", () => {
    expect(unstorableText(JSON.parse("[".repeat(200_000) + "]".repeat(200_000)))?.message).toBe("must be nested at most 64 deep");
  });
});
