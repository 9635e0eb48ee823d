import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coversRedaction, isRedacted, REDACT_KEYS_MAX, REDACTED_BY_DEFAULT, redactSchema } from "./redaction.ts";

const parses = (keys: unknown) => redactSchema.safeParse(keys).success;

describe("the list of what is not recorded", () => {
  it("has a default that it takes itself", () => expect(redactSchema.parse([...REDACTED_BY_DEFAULT])).toEqual(REDACTED_BY_DEFAULT));

  it("takes keys, and a * only at the end", () => {
    expect(parses(["user.id", "http.request.header.*", "with space", "k"])).toBe(true);
    for (const wrong of ["*", "", "a*b", "a**", " a", "a\nb", "a".repeat(257)]) expect([wrong, parses([wrong])]).toEqual([wrong, false]);
    expect(parses(Array.from({ length: REDACT_KEYS_MAX + 1 }, (_, at) => `k${at}`))).toBe(false);
    expect(redactSchema.safeParse(["a", "b", "a"]).error?.issues).toMatchObject([{ path: [2], message: '"a" stands there twice' }]);
  });

  it("names a key by itself or by what it begins with", () => {
    expect(["user.id", "user.idx", "card", "card.number", "car"].map((key) => isRedacted(["user.id", "card*"], key))).toEqual([true, false, true, true, false]);
  });

  it("covers another exactly when it redacts every key that the other does", () => {
    const key = fc.stringMatching(/^[ab]{1,3}$/);
    const entry = fc.tuple(key, fc.boolean()).map(([text, isPrefix]) => (isPrefix ? `${text}*` : text));
    fc.assert(
      fc.property(fc.uniqueArray(entry, { maxLength: 4 }), fc.uniqueArray(entry, { maxLength: 4 }), key, (had, wanted, tried) => {
        if (coversRedaction(had, wanted) && isRedacted(wanted, tried)) expect(isRedacted(had, tried)).toBe(true);
      }),
    );
    expect(coversRedaction(["user.*"], ["user.id", "user.card.*"])).toBe(true);
    expect(coversRedaction(["user.id"], ["user.*"])).toBe(false);
    expect(coversRedaction(["user.id"], [])).toBe(true);
    expect(coversRedaction([], ["user.id"])).toBe(false);
  });
});
