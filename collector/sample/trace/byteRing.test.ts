import fc from "fast-check";
import { expect, it } from "vitest";
import { ByteRing } from "./byteRing.ts";

it("gives back everything that has not been written over, and never anything else", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 140 }), { maxLength: 60 }), (pieces) => {
      const ring = new ByteRing(128);
      const bytes = pieces.map((piece) => Buffer.from(piece));
      const positions = bytes.map((piece) => ring.put(Buffer.concat([piece, Buffer.from("more")]), piece.length));
      for (const [index, piece] of bytes.entries()) expect([piece.toString("hex"), undefined]).toContain(ring.read(positions[index])?.toString("hex"));
      const last = bytes.findLastIndex((piece) => piece.length <= 124);
      if (last === bytes.length - 1 && last >= 0) expect(ring.read(positions[last])).toEqual(bytes[last]);
      expect(ring.read(1e9)).toBeUndefined();
    }),
  );
});
