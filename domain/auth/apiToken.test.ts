import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apiTokenPrefix, apiTokenProblem, formatApiToken } from "./apiToken.ts";

const random = fc.uint8Array({ minLength: 32, maxLength: 32 });
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

describe("an API token", () => {
  it("is known as one, whatever it is made of, and different bytes make different tokens", () =>
    fc.assert(
      fc.property(random, random, (one, other) => {
        const token = formatApiToken(one);
        expect(token).toMatch(/^hg_[0-9A-Za-z]{49}$/);
        expect(apiTokenProblem(token)).toBeNull();
        expect(formatApiToken(other) === token).toBe(Buffer.compare(one, other) === 0);
        expect(token.startsWith(apiTokenPrefix(token))).toBe(true);
      }),
    ));

  it("ends with the CRC-32 that everybody computes", () =>
    fc.assert(
      fc.property(random, (bytes) => {
        const token = formatApiToken(bytes);
        const value = [...token.slice(-6)].reduce((sum, digit) => sum * 62 + DIGITS.indexOf(digit), 0);
        expect(value).toBe(crc32(token.slice(0, -6)));
      }),
    ));

  it("is known to be mistyped when one character is another", () =>
    fc.assert(
      fc.property(random, fc.nat(48), fc.nat(61), (bytes, place, digit) => {
        const token = formatApiToken(bytes);
        const typed = token.slice(0, 3 + place) + DIGITS[digit] + token.slice(4 + place);
        expect(apiTokenProblem(typed) === null).toBe(typed === token);
      }),
    ));

  it.each(["", "hg_", "Bearer", "hge_abc", "hg_ü", `hg_${"a".repeat(10_000)}`])("is not %s", (text) =>
    expect(apiTokenProblem(text)).toContain("no API token of Headgate"),
  );

  it("is made of enough randomness or not at all", () => expect(() => formatApiToken(new Uint8Array(16))).toThrow("32 random bytes"));
});
