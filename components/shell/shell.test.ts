import { describe, expect, it } from "vitest";
import { isCurrent, NAV_ITEMS } from "./navItems.ts";
import { readTheme } from "./theme.ts";

describe("navigation", () => {
  it("has a jump key of its own for every screen", () => expect(new Set(NAV_ITEMS.map((item) => item.jump)).size).toBe(NAV_ITEMS.length));

  it("marks the section of a deeper page, and Overview only for itself", () => {
    expect(isCurrent("/sampling", "/sampling/abc")).toBe(true);
    expect(isCurrent("/sampling", "/samplings")).toBe(false);
    expect(isCurrent("/", "/live")).toBe(false);
  });
});

describe("theme", () => {
  it("follows the system unless the cookie says one of two words", () => {
    expect(readTheme("dark")).toBe("dark");
    expect(readTheme(undefined)).toBe("system");
    expect(readTheme("<script>")).toBe("system");
  });
});
