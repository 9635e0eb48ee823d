import fc from "fast-check";
import { expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { writeYaml } from "./writeYaml.ts";

const text = fc.oneof(
  fc.constantFrom(
    "service.name",
    "/api/v1",
    "GET /cart",
    "true",
    "Null",
    "no",
    "400",
    "1e3",
    "",
    " a",
    "a ",
    "a: b",
    "a #b",
    "- a",
    "~",
    "^/api/(a|b)$",
    "é",
    "=",
    "0x1f",
  ),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom("two\nlines", "2026-11-29", "\t", "a\tb", "'q'", '"q"', "x".repeat(300)),
);
const key = fc.oneof(fc.constantFrom("tiers", "keep", "http.route", "x-api-key", "a b"), text);
const scalar = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(1e21, 1e-7, 0, -0),
);
const { node } = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie("node"), { maxLength: 4 }),
    fc.dictionary(key, tie("node"), { maxKeys: 4 }),
  ),
}));

it("writes what the package writes", () => {
  fc.assert(
    fc.property(node, (value) => {
      const written = writeYaml(value);
      expect(written).toBe(stringify(value, { lineWidth: 0, flowCollectionPadding: true }));
      expect(parse(written)).toEqual(value);
    }),
    { numRuns: 3000 },
  );
}, 60_000);

it("leaves out what is undefined", () => {
  expect(writeYaml({ a: undefined, b: [{ c: 1, d: undefined }] })).toBe("b:\n  - c: 1\n");
});
