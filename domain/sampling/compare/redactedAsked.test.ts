import { expect, it } from "vitest";
import type { Condition } from "../condition.ts";
import { redactedAsked } from "./redactedAsked.ts";

const policy = (...conditions: Condition[]) => ({
  scope: "span" as const,
  tiers: conditions.map((condition, index) => ({ name: `${index}`, condition, keep: { kind: "ratio" as const, ratio: 1 } })),
});
const equals = (key: string): Condition => ({ kind: "attribute", key, in: "span", op: "equals", value: "x" });

it("names what any condition looks at, however deep, and nothing that is not redacted", () => {
  const deep: Condition = { kind: "all", of: [{ kind: "not", of: { kind: "any", of: [equals("user.id"), equals("tenant")] } }, equals("db.statement")] };
  expect(redactedAsked([policy(deep), policy(equals("user.id"))], ["user.id", "db.statement", "url.query"])).toEqual(["db.statement", "user.id"]);
});

it("takes a name with a star for all that begin so", () => {
  expect(redactedAsked([policy(equals("enduser.id"), equals("end"))], ["enduser.*"])).toEqual(["enduser.id"]);
});

it("knows what endpoints and services are told by", () => {
  const endpoint: Condition = { kind: "endpoint", match: "exact", values: ["/"] };
  const service: Condition = { kind: "sameSpan", of: { kind: "service", match: "exact", values: ["shop"] } };
  expect(redactedAsked([policy(endpoint, service)], ["url.path", "service.name"])).toEqual(["service.name", "url.path"]);
});

it("leaves out whether an attribute is there at all: its name is recorded", () => {
  expect(redactedAsked([policy({ kind: "attribute", key: "user.id", in: "span", op: "exists" })], ["user.id"])).toEqual([]);
});
