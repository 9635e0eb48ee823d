import { describe, expect, it } from "vitest";
import { liveHref } from "./liveHref.ts";

describe("liveHref", () => {
  it("holds what is asked for, and nothing else", () => {
    expect(liveHref({})).toBe("/live");
    expect(liveHref({ trace: "" })).toBe("/live?trace=");
    expect(liveHref({ collector: "a b", trace: "4bf9" })).toBe("/live?collector=a+b&trace=4bf9");
  });
});
