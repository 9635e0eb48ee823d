import { describe, expect, it } from "vitest";
import { parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { redactedConfigJson } from "./redactConfig.ts";

describe("redactedConfigJson", () => {
  it("shows the names of headers and never their values, those of routes included", () => {
    const parsed = parseCollectorConfig({
      export: { endpoint: "http://127.0.0.1:1", headers: { "x-api-key": "secret-1" } },
      routes: [{ name: "all", tiers: ["default"], export: { endpoint: "http://127.0.0.1:2", headers: { authorization: "secret-2" } } }],
    });
    if (!parsed.ok) throw new Error("not valid");
    const json = redactedConfigJson(parsed.value);
    expect(json).not.toContain("secret");
    expect(JSON.parse(json)).toMatchObject({
      export: { headers: { "x-api-key": "(redacted)" } },
      routes: [{ export: { headers: { authorization: "(redacted)" } } }],
    });
  });

  it("has no routes where there are none", () => {
    const parsed = parseCollectorConfig({});
    expect(parsed.ok && "routes" in JSON.parse(redactedConfigJson(parsed.value))).toBe(false);
  });
});
