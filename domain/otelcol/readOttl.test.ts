import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchCondition } from "../sampling/matchCondition.ts";
import { anySpan, spanCondition } from "../sampling/traceTestData.ts";
import { NotWritable } from "./notWritable.ts";
import { NotOttl, readOttl } from "./readOttl.ts";
import { writeOttl } from "./writeOttl.ts";

const route = { kind: "attribute", key: "http.route", in: "span" } as const;

describe("a condition in OTTL", () => {
  it.each([
    ['span.attributes["http.route"] == "/a"', { ...route, op: "equals", value: "/a" }],
    ['attributes["http.route"] != "/a"', { kind: "not", of: { ...route, op: "equals", value: "/a" } }],
    ['resource.attributes["service.name"] == "cart"', { kind: "attribute", key: "service.name", in: "resource", op: "equals", value: "cart" }],
    ['attributes["http.route"] == nil', { kind: "not", of: { ...route, op: "exists" } }],
    ['span.attributes["http.route"] >= -1.5', { ...route, op: "atLeast", value: -1.5 }],
    ['IsMatch(attributes["http.route"], "^/a\\\\d")', { ...route, op: "regex", value: "^/a\\d" }],
    ["span.status.code == 2", { kind: "status", is: "error" }],
    ["kind != SPAN_KIND_SERVER", { kind: "not", of: { kind: "spanKind", is: "server" } }],
    ["(end_time_unix_nano - start_time_unix_nano) > 1500000", { kind: "latency", aboveMs: 1.5 }],
    ["not (true and false)", { kind: "always" }],
    [
      "(status.code == STATUS_CODE_ERROR and span.end_time_unix_nano - span.start_time_unix_nano > 5000000) or kind == 3",
      {
        kind: "any",
        of: [
          {
            kind: "all",
            of: [
              { kind: "status", is: "error" },
              { kind: "latency", aboveMs: 5 },
            ],
          },
          { kind: "spanKind", is: "client" },
        ],
      },
    ],
  ])("is read: %s", (text, condition) => {
    expect(readOttl(text)).toEqual(condition);
  });

  it.each([
    ['span.name == "x"', "name alone"],
    ["span.dropped_events_count > 1", "no condition does"],
    ['Concat(["a"], "b") == "ab"', "no condition does"],
    ['attributes["a"] == SPAN_KIND_SERVER', "not read here"],
    ['attributes["a"] > "b"', "no number"],
    ["span.kind > 2", "no order"],
    ["span.status.code == 7", "none"],
    ['IsMatch(attributes["a"], "(")', "valid RE2"],
    ["true true", "goes on"],
    ["true and", "ends in the middle"],
    ["(true", "its end"],
    ["§", "not read here"],
    [`${"(".repeat(200)}true${")".repeat(200)}`, "nested"],
    [`not ${"true or ".repeat(2_000)}true`, "characters"],
  ])("is not read, with the reason: %s", (text, reason) => {
    expect(() => readOttl(text)).toThrow(NotOttl);
    expect(() => readOttl(text)).toThrow(reason);
  });

  it("means of each span what it meant before it was written", () => {
    fc.assert(
      fc.property(spanCondition, anySpan, (condition, span) => {
        expect(matchCondition(readOttl(writeOttl(condition)), span)).toBe(matchCondition(condition, span));
      }),
    );
  });

  it("fails with nothing but NotOttl, whatever the text is", () => {
    const word = fc.constantFrom(
      "(",
      ")",
      "not",
      "and",
      "or",
      "true",
      "==",
      ">",
      '"a"',
      "1",
      "span.kind",
      'attributes["k"]',
      "IsMatch(",
      ",",
      "nil",
      "-",
      "end_time_unix_nano",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 12 }).map((words) => words.join(" ")),
    );
    fc.assert(
      fc.property(text, (one) => {
        try {
          readOttl(one);
        } catch (error) {
          expect(error).toBeInstanceOf(NotOttl);
        }
      }),
    );
  });
});

it("a condition that OTTL can't write says why", () => {
  expect(() => writeOttl({ kind: "spanCount", atLeast: 2 })).toThrow(NotWritable);
  expect(() => writeOttl({ kind: "attribute", key: "k", in: "span", op: "above", value: 1e300 })).toThrow("which OTTL can't write");
});
