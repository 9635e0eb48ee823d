import { describe, expect, it } from "vitest";
import type { AttributeOp, Condition } from "./condition.ts";
import { matchCondition } from "./matchCondition.ts";
import type { AttributeValue, SpanFacts } from "./spanFacts.ts";

const span: SpanFacts = {
  traceId: "",
  traceState: "",
  name: "GET /cart",
  kind: 2,
  startUnixNano: 10n,
  endUnixNano: 5n,
  statusCode: 1,
  attributes: [
    { key: "http.route", value: "/cart/{id}" },
    { key: "rows", value: 9007199254740993n },
    { key: "cached", value: true },
    { key: "tags", value: null },
    { key: "twice", value: "a" },
    { key: "twice", value: "b" },
  ],
  resource: [
    { key: "service.name", value: "cart" },
    { key: "cached", value: false },
  ],
};
const attribute = (key: string, op: AttributeOp, value?: string | number | boolean): Condition => ({ kind: "attribute", key, in: "span", op, value });
const matches = (condition: Condition) => matchCondition(condition, span);

describe("condition", () => {
  it("looks for endpoints in the name and the route attributes", () => {
    expect(matches({ kind: "endpoint", match: "exact", values: ["nothing", "/cart/{id}"] })).toBe(true);
    expect(matches({ kind: "endpoint", match: "prefix", values: ["GET"] })).toBe(true);
    expect(matches({ kind: "endpoint", match: "regex", values: ["^/cart/.*\\}$"] })).toBe(true);
    expect(matches({ kind: "endpoint", match: "contains", values: ["/cart/7"] })).toBe(false);
  });

  it("takes an end before the start for no duration at all", () => {
    expect(matches({ kind: "latency", aboveMs: 0 })).toBe(false);
  });

  it("lets one of several occurrences of a key be enough", () => {
    expect(matches(attribute("twice", "equals", "b"))).toBe(true);
    expect(matches(attribute("twice", "notEquals", "a"))).toBe(true);
    expect(matches(attribute("cached", "notEquals", true))).toBe(false);
  });

  it("needs an attribute to be there for notEquals, and takes one of another kind as not equal", () => {
    expect(matches(attribute("missing", "notEquals", "x"))).toBe(false);
    expect(matches(attribute("rows", "notEquals", "9007199254740993"))).toBe(true);
    expect(matches(attribute("tags", "notEquals", "x"))).toBe(true);
    expect(matches(attribute("tags", "exists"))).toBe(true);
  });

  it("compares 64-bit integers as doubles", () => {
    expect(matches(attribute("rows", "equals", 9007199254740992))).toBe(true);
    expect(matches(attribute("rows", "above", 9007199254740990))).toBe(true);
  });

  it("keeps span and resource attributes apart", () => {
    expect(matches({ kind: "attribute", key: "cached", in: "resource", op: "equals", value: false })).toBe(true);
    expect(matches({ kind: "service", match: "exact", values: ["cart"] })).toBe(true);
    expect(matches(attribute("service.name", "exists"))).toBe(false);
  });

  it("combines with all, any and not", () => {
    const yes: Condition = { kind: "spanKind", is: "server" };
    const no: Condition = { kind: "status", is: "error" };
    expect(matches({ kind: "all", of: [yes, { kind: "not", of: no }] })).toBe(true);
    expect(matches({ kind: "any", of: [no, no] })).toBe(false);
  });

  it("matches numbers only with numbers", () => {
    const withValue = (value: AttributeValue) => matchCondition(attribute("k", "atLeast", 5), { ...span, attributes: [{ key: "k", value }] });
    expect([5, 5n, 4.9, "5", true, null].map(withValue)).toEqual([true, true, false, false, false, false]);
  });
});
