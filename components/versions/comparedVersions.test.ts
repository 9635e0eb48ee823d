import { describe, expect, it } from "vitest";
import { comparedVersions } from "./comparedVersions.ts";

describe("comparedVersions", () => {
  it("takes what the address names", () => {
    expect(comparedVersions("2", "5", 7)).toEqual([2, 5]);
    expect(comparedVersions("5", "2", 7)).toEqual([5, 2]);
  });

  it("falls back to the newest two for what does not exist", () => {
    for (const wrong of [null, "", "0", "8", "-1", "x", "1e1", "2.5"]) expect(comparedVersions(wrong, wrong, 7)).toEqual([6, 7]);
    expect(comparedVersions(null, null, 1)).toEqual([1, 1]);
  });
});
