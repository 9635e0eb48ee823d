import { describe, expect, it } from "vitest";
import { nextPath } from "./nextPath.ts";

describe("where sign-in leads", () => {
  it("goes back to where one was", () => {
    expect(nextPath("/sampling/abc?apply=2#x")).toBe("/sampling/abc?apply=2#x");
  });

  it("never leaves this site", () => {
    for (const next of [null, "", "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "/\t/evil.example"])
      expect(nextPath(next)).toBe("/");
  });

  it("does not lead back to itself", () => {
    for (const next of ["/sign-in", "/sign-in?next=/fleet", "/setup?token=x"]) expect(nextPath(next)).toBe("/");
  });
});
