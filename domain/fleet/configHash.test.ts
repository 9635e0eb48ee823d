import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, configHash } from "./configHash.ts";

describe("config hash", () => {
  it("is the same whatever order the fields come in", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(configHash(reversed)).toBe(configHash(value));
      }),
    );
  });

  it("is the same after a way through JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(configHash(JSON.parse(JSON.stringify(value)))).toBe(configHash(value));
      }),
    );
  });

  it("writes canonical JSON that parses to the same value", () => {
    expect(canonicalJson({ b: [1, null, "ü"], a: { d: undefined, c: true } })).toBe('{"a":{"c":true},"b":[1,null,"ü"]}');
  });

  it("differs when any value differs", () => {
    expect(configHash({ ratio: 0.5 })).not.toBe(configHash({ ratio: 0.25 }));
    expect(configHash({ a: 1 })).toMatch(/^[0-9a-f]{64}$/);
  });
});
