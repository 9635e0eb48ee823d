import { describe, expect, it } from "vitest";
import { z } from "zod";
import { formatPath, formatProblem, parseOrProblems } from "./problems.ts";

function problemsOf(schema: z.ZodType, input: unknown, root = ""): string[] {
  const parsed = parseOrProblems(schema, input, root);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe("problems", () => {
  it("names the path as one would write it", () => {
    expect(formatPath(["tiers", 2, "keep", "ratio"], "sampling")).toBe("sampling.tiers[2].keep.ratio");
    expect(formatPath(["headers", "x-api-key"])).toBe("headers.x-api-key");
    expect(formatPath(["headers", "a b"])).toBe('headers["a b"]');
    expect(formatPath([3])).toBe("[3]");
  });

  it("says what was given instead", () => {
    const schema = z.strictObject({ ratio: z.number("must be a number").max(1, "must be at most 1") });
    expect(problemsOf(schema, { ratio: 50 })).toEqual(["ratio: must be at most 1, got 50"]);
    expect(problemsOf(schema, { ratio: "x" })).toEqual(['ratio: must be a number, got "x"']);
    expect(problemsOf(schema, { ratio: null })).toEqual(["ratio: must be a number, got null"]);
    expect(problemsOf(schema, { ratio: Number.NaN })).toEqual(["ratio: must be a number, got NaN"]);
    expect(problemsOf(schema, { ratio: 10n })).toEqual(["ratio: must be a number, got 10"]);
    expect(problemsOf(schema, { ratio: "y".repeat(1000) })).toEqual([`ratio: must be a number, got "${"y".repeat(56)}…`]);
  });

  it("says how many a list has when it has too many or too few", () => {
    const schema = z.array(z.number(), "must be a list").min(1, "must have at least one").max(2, "must have at most 2");
    expect(problemsOf(schema, [1, 2, 3], "values")).toEqual(["values: must have at most 2, got 3"]);
    expect(problemsOf(schema, [], "values")).toEqual(["values: must have at least one, got 0"]);
    expect(problemsOf(schema, {}, "values")).toEqual(["values: must be a list, got an object"]);
  });

  it("reads well at the root and where a schema has no words of its own", () => {
    const schema = z.strictObject({ name: z.string(), size: z.int(), on: z.boolean() });
    expect(problemsOf(schema, "hello")).toEqual(['must be an object, got "hello"']);
    expect(problemsOf(schema, [])).toEqual(["must be an object, got a list"]);
    expect(problemsOf(schema, { name: 5, size: "x" })).toEqual(["name: must be a text, got 5", 'size: must be a number, got "x"', "on: is required"]);
  });

  it("names every unknown field", () => {
    expect(problemsOf(z.strictObject({}), { a: 1, b: 2 }, "export")).toEqual(["export.a: unknown field", "export.b: unknown field"]);
  });

  it("says what is wrong with a name in a record", () => {
    const schema = z.record(z.string().regex(/^[a-z]+$/, "must be in lower case"), z.string());
    expect(problemsOf(schema, { ABC: "x" }, "labels")).toEqual(["labels.ABC: the name must be in lower case"]);
  });

  it("never repeats what a header holds", () => {
    const schema = z.strictObject({ headers: z.record(z.string(), z.string().max(3, "must have at most 3 characters")) });
    expect(problemsOf(schema, { headers: { authorization: "secret" } })).toEqual(["headers.authorization: must have at most 3 characters"]);
  });
});
