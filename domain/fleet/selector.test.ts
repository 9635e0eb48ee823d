import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatSelector,
  matchesSelector,
  parseSelector,
  REQUIREMENTS_MAX,
  type Requirement,
  SELECTOR_LENGTH_MAX,
  type Selector,
  VALUES_MAX,
} from "./selector.ts";

const selectorOf = (text: string): Selector => {
  const parsed = parseSelector(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.message}`);
  return parsed.selector;
};
const problemOf = (text: string) => {
  const parsed = parseSelector(text);
  return parsed.ok ? null : parsed.problem;
};

describe("reading a selector", () => {
  it("reads every form that Kubernetes has, with or without white space", () => {
    const selector: Selector = [
      { key: "env", is: "in", values: ["prod"] },
      { key: "region", is: "in", values: ["eu", "us"] },
      { key: "canary", is: "absent" },
      { key: "tier", is: "notIn", values: ["db"] },
      { key: "team", is: "notIn", values: ["a", "b"] },
      { key: "zone", is: "exists" },
      { key: "k8s.io/name", is: "in", values: [""] },
    ];
    expect(selectorOf("env=prod,region in (us,eu,us),!canary,tier!=db,team notin (b,a),zone,k8s.io/name=")).toEqual(selector);
    expect(selectorOf("  env == prod , region in( us , eu ),! canary, tier != db,\tteam notin (b , a), zone ,k8s.io/name= ")).toEqual(selector);
    expect(formatSelector(selector)).toBe("env=prod, region in (eu, us), !canary, tier!=db, team notin (a, b), zone, k8s.io/name=");
  });
  it("takes in and notin for labels' names where they stand first", () => {
    expect(selectorOf("in in (notin), notin")).toEqual([
      { key: "in", is: "in", values: ["notin"] },
      { key: "notin", is: "exists" },
    ]);
  });
  it("matches every collector when it is empty", () => {
    expect(selectorOf("  ")).toEqual([]);
    expect(matchesSelector([], {})).toBe(true);
  });
  it.each([
    ["env=prod region=eu", 9, "comma between two requirements"],
    ["env in eu", 7, "in parentheses"],
    ["env in ()", 8, "at least one value"],
    ["env in (eu us)", 11, "comma between two values"],
    ["env in (eu", 10, "the end"],
    ["env,", 4, "a label's name"],
    [",env", 0, "a label's name"],
    ["!", 1, "a label's name after !"],
    ["env > 5", 4, "after env comes"],
    ["env is prod", 4, 'not "is"'],
  ])("says of %j where it is wrong and what to do", (text, position, message) => {
    expect(problemOf(text)).toEqual({ position, message: expect.stringContaining(message) });
  });
  it("has bounds", () => {
    expect(problemOf("a".repeat(SELECTOR_LENGTH_MAX + 1))?.message).toContain("at most");
    expect(problemOf(Array.from({ length: REQUIREMENTS_MAX + 1 }, (_, index) => `k${index}`).join(","))?.message).toContain("at most 20 requirements");
    expect(problemOf(`k in (${Array.from({ length: VALUES_MAX + 1 }, (_, index) => index).join(",")})`)?.message).toContain("at most 50 values");
  });
});

const word = fc.stringMatching(/^[A-Za-z0-9._/-]{1,6}$/);
const values = fc.uniqueArray(fc.oneof(word, fc.constant("")), { minLength: 1, maxLength: 4 }).map((list) => list.sort());
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({ key: word, is: fc.constantFrom("in" as const, "notIn" as const), values }),
  fc.record({ key: word, is: fc.constantFrom("exists" as const, "absent" as const) }),
);
const selector = fc.array(requirement, { maxLength: 6 });

describe("laws of selectors", () => {
  it("reads what it writes", () =>
    fc.assert(
      fc.property(selector, (one) => {
        expect(selectorOf(formatSelector(one))).toEqual(one);
      }),
    ));
  it("never throws, and points into the text", () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("a", " ", ",", "(", ")", "=", "!", "in", "notin", "<") })), (text) => {
        const problem = problemOf(text);
        if (problem) expect(problem.position >= 0 && problem.position <= text.length).toBe(true);
      }),
    ));
  it("matches as each requirement says, word for word", () => {
    const key = fc.constantFrom("a", "b", "constructor");
    const value = fc.constantFrom("", "x", "y");
    const comparing: fc.Arbitrary<Requirement> = fc.record({
      key,
      is: fc.constantFrom("in" as const, "notIn" as const),
      values: fc.uniqueArray(value, { minLength: 1 }),
    });
    const asking: fc.Arbitrary<Requirement> = fc.record({ key, is: fc.constantFrom("exists" as const, "absent" as const) });
    const small = fc.array(fc.oneof(comparing, asking), { maxLength: 3 });
    fc.assert(
      fc.property(small, fc.array(fc.tuple(key, value)), (one, pairs) => {
        const labels = new Map<string, string>(pairs);
        const holds = one.map((part) => {
          const there = labels.has(part.key);
          if (!("values" in part)) return part.is === "exists" ? there : !there;
          const listed = part.values.filter((wanted) => there && wanted === labels.get(part.key)).length > 0;
          return part.is === "in" ? listed : !listed;
        });
        expect(matchesSelector(one, Object.fromEntries(pairs))).toBe(!holds.includes(false));
      }),
    );
  });
});
