import fc from "fast-check";
import { expect, it } from "vitest";
import { TextRing } from "./textRing.ts";

it("gives back every text that has not been written over, and never another one", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40, unit: "grapheme" }), { maxLength: 60 }), (texts) => {
      const ring = new TextRing(128);
      const positions = texts.map((text) => ring.put(text));
      for (const [index, text] of texts.entries()) expect([text, undefined]).toContain(ring.read(positions[index]));
      const last = texts.findLastIndex((text) => Buffer.byteLength(text) <= 124);
      if (last === texts.length - 1 && last >= 0) expect(ring.read(positions[last])).toBe(texts[last]);
      expect(ring.read(1e9)).toBeUndefined();
    }),
  );
});
