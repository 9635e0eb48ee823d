import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Condition } from "./condition.ts";
import { lintRegexes } from "./lintRegexes.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";
import { compilePattern } from "./textPattern.ts";

const keep = { kind: "ratio" as const, ratio: 1 };
const policyOf = (...conditions: Condition[]): SamplingPolicy => ({
  scope: "span",
  tiers: [...conditions, { kind: "always" as const }].map((condition, index) => ({ name: `t${index}`, condition, keep })),
});
const endpoint = (...values: string[]): Condition => ({ kind: "endpoint", match: "regex", values });
const mendOf = (pattern: string) => lintRegexes(policyOf(endpoint(pattern))).map(({ mend }) => mend);

describe("lintRegexes", () => {
  it.each([
    ["/api/payment", 'use contains with "/api/payment"'],
    ["^/api/", 'use prefix with "/api/"'],
    ["^/health$", 'use exact with "/health"'],
    ["^.*(payment|checkout).*$", 'use "(payment|checkout)"'],
    [".*/items", 'use "/items"'],
    ["(ab|cd){500}", "repeat less: + or * instead of {n,m}"],
  ])("finds that %s says more than it has to", (pattern, mend) => {
    expect(mendOf(pattern)).toEqual([mend]);
  });

  it.each(["^/api/(payment|checkout)", "/api/v\\d+/", "items$", "^/a\\.*", ".*", "(?i)payment"])("leaves %s alone", (pattern) => {
    expect(mendOf(pattern)).toEqual([]);
  });

  it("names the place, however deep, and the comparison that the kind of condition has", () => {
    const attribute: Condition = { kind: "attribute", key: "k", in: "span", op: "regex", value: "^a$" };
    const nested: Condition = {
      kind: "all",
      of: [
        { kind: "status", is: "error" },
        { kind: "not", of: { kind: "any", of: [attribute, endpoint("a.b", "^x")] } },
      ],
    };
    expect(lintRegexes(policyOf(nested)).map(({ path, mend }) => [path, mend])).toEqual([
      ["sampling.tiers[0].condition.of[1].of.of[0].value", 'use equals with "a"'],
      ["sampling.tiers[0].condition.of[1].of.of[1].values[1]", 'use prefix with "x"'],
    ]);
  });

  it("says when there are many", () => {
    const many = Array.from({ length: 9 }, (_, index) => `a.${index}`);
    expect(lintRegexes(policyOf(endpoint(...many))).map(({ path }) => path)).toEqual(["sampling.tiers"]);
    expect(lintRegexes(policyOf(endpoint(...many.slice(1))))).toEqual([]);
  });

  it("proposes an expression that fits the same texts", () => {
    const part = fc.constantFrom("a", "b", "ab", "a|b", "(a|b)", "a+", "b?", ".", ".*", "a.*b", "\\.");
    const pattern = fc.tuple(
      fc.constantFrom("", "^"),
      fc.constantFrom(".*", ""),
      fc.array(part, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(".*", ""),
      fc.constantFrom("", "$"),
    );
    const text = fc.string({ unit: fc.constantFrom("a", "b", ".", "c"), maxLength: 8 });
    let proposed = 0;
    fc.assert(
      fc.property(
        pattern.map((parts) => parts.flat().join("")),
        fc.array(text, { minLength: 10, maxLength: 30 }),
        (expression, texts) => {
          const quoted = /^use (".*")$/.exec(mendOf(expression)[0] ?? "")?.[1];
          if (quoted === undefined) return;
          const shorter: string = JSON.parse(quoted);
          proposed++;
          for (const one of texts) expect([one, compilePattern(shorter)(one)]).toEqual([one, compilePattern(expression)(one)]);
        },
      ),
      { numRuns: 1000 },
    );
    expect(proposed).toBeGreaterThan(50);
  });
});
