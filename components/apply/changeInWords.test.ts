import { describe, expect, it } from "vitest";
import { changeInWords } from "./changeInWords.ts";

describe("changeInWords", () => {
  it("says by how much, and what is missing as missing", () => {
    expect(changeInWords(7602, 6134)).toEqual({ text: "−19%", direction: "less" });
    expect(changeInWords(100, 150)).toEqual({ text: "+50%", direction: "more" });
    expect(changeInWords(100, 1000)).toEqual({ text: "×10", direction: "more" });
    expect(changeInWords(100, 100.01)).toEqual({ text: "same", direction: "same" });
    expect(changeInWords(0, 0)).toEqual({ text: "same", direction: "same" });
    expect(changeInWords(0, 5)).toEqual({ text: "from 0", direction: "more" });
    expect(changeInWords(5, 0)).toEqual({ text: "−100%", direction: "less" });
    expect(changeInWords(null, 5)).toEqual({ text: "—", direction: "unknown" });
  });
});
