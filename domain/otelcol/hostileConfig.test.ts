import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_CONFIG } from "./exampleConfig.ts";
import { importCollectorConfig } from "./importCollectorConfig.ts";

function problemOf(text: string): string {
  const result = importCollectorConfig(text);
  return result.ok ? "" : result.problem.message;
}
function findingsOf(text: string) {
  const result = importCollectorConfig(text);
  if (!result.ok) throw new Error(result.problem.message);
  return result.processors.flatMap(({ findings }) => findings);
}
const policy = (type: string, settings: unknown) => JSON.stringify({ policies: [{ name: "a", type, [type]: settings }] }, null, 2);

describe("a configuration that nobody should have written", () => {
  it.each([
    ["10 MB of policies", `policies:\n${"- { name: a, type: always_sample }\n".repeat(300_000)}`, "is too large"],
    [
      "a billion by aliases",
      Array.from(
        { length: 9 },
        (_, n) =>
          `a${n}: &a${n} [${
            n === 0
              ? "x"
              : Array(9)
                  .fill(`*a${n - 1}`)
                  .join(",")
          }]`,
      ).join("\n"),
      "is no YAML",
    ],
    ["brackets without end", "[".repeat(300_000), "is nested too deep"],
    ["dashes without end", "- ".repeat(20_000), "is nested too deep"],
    ["an alias of nothing", "policies: [*nothing]", "is no YAML"],
    ["an alias of itself", "policies: [&a { name: *a, type: latency }]", "*a stands within what it refers to"],
    ["thousands of aliases", `a: &a 1\nb: [${"*a,".repeat(5_000)}]`, "more than 500 aliases"],
    ["a merge of no map", "a: &a 1\ntail_sampling: { <<: *a, policies: [] }", "is no YAML"],
    [
      "a key twice, far down",
      "processors:\n  tail_sampling:\n    policies:\n      - name: a\n        type: latency\n        type: drop\n",
      'at line 6, column 9: the key "type" stands twice',
    ],
    ["two documents", "a: 1\n---\nb: 2\n", "is no YAML"],
    ["a list of processors", "processors: [tail_sampling]", "must be a map of processors"],
  ])("is refused with the reason: %s", (_, text, reason) => {
    expect(problemOf(text)).toContain(reason);
  });

  it("of tens of thousands of keys is read in one pass", () => {
    const text = Array.from({ length: 30_000 }, (_, n) => `k${n}: v`).join("\n");
    expect(importCollectorConfig(text)).toMatchObject({ ok: true, processors: [] });
  });

  it("has at most 1,000 policies, 100 values and 256 regular expressions; more are named, and nothing is lost silently", () => {
    const many = (count: number, one: (n: number) => unknown) => Array.from({ length: count }, (_, n) => one(n));
    const list = JSON.stringify({ policies: many(1_001, (n) => ({ name: `p${n}`, type: "always_sample" })) });
    expect(findingsOf(list)).toMatchObject([{ severity: "error", path: "policies", message: "must have at most 1000 policies, has 1001" }]);
    const values = (count: number, rest = {}) => ({ type: "string_attribute", string_attribute: { key: "k", values: many(count, (n) => `v${n}*`), ...rest } });
    const result = importCollectorConfig(
      JSON.stringify({ policies: [{ name: "a", ...values(101) }, ...many(4, (n) => ({ name: `r${n}`, ...values(80, { enabled_regex_matching: true }) }))] }),
    );
    if (!result.ok) throw new Error(result.problem.message);
    expect(result.processors[0].leftOut.map(({ path, reason }) => [path, reason])).toEqual([
      ["policies[0]", "has 101 values; a condition has at most 100"],
      ["policies[4]", expect.stringContaining("more regular expressions than the 256")],
    ]);
  });

  it.each([
    ["latency", { threshold_ms: [1] }, "policies[0].latency.threshold_ms", 7],
    ["latency", [], "policies[0].latency", 6],
    ["status_code", { status_codes: { ERROR: true } }, "policies[0].status_code.status_codes", 7],
    ["string_attribute", { key: 5, values: ["a"] }, "policies[0].string_attribute.key", 7],
    ["string_attribute", { key: "k", values: ["a", null] }, "policies[0].string_attribute.values[1]", 10],
    ["string_attribute", { key: "k", enabled_regex_matching: "yes" }, "policies[0].string_attribute.enabled_regex_matching", 8],
    ["numeric_attribute", { key: "k", min_value: true }, "policies[0].numeric_attribute.min_value", 8],
    ["boolean_attribute", { key: "k", value: 1 }, "policies[0].boolean_attribute.value", 8],
    ["probabilistic", { sampling_percentage: "half" }, "policies[0].probabilistic.sampling_percentage", 7],
    ["span_count", { min_spans: null, max_spans: {} }, "policies[0].span_count.max_spans", 8],
    ["rate_limiting", { spans_per_second: false }, "policies[0].rate_limiting.spans_per_second", 7],
    ["and", { and_sub_policy: "all" }, "policies[0].and.and_sub_policy", 7],
    ["and", { and_sub_policy: [7] }, "policies[0].and.and_sub_policy[0]", 8],
    ["not", { not_sub_policy: [] }, "policies[0].not.not_sub_policy", 7],
    ["composite", { max_total_spans_per_second: "all" }, "policies[0].composite.max_total_spans_per_second", 7],
    ["composite", { max_total_spans_per_second: 5, composite_sub_policy: [], rate_allocation: [1] }, "policies[0].composite.rate_allocation[0]", 10],
    ["ottl_condition", { span: 5 }, "policies[0].ottl_condition.span", 7],
    ["probabilistic", { sampling_percentage: `$${"{env:SHARE}"}` }, "policies[0].probabilistic.sampling_percentage", 7],
  ])("says where a type is wrong, with the line: %s %j", (type, settings, path, line) => {
    const found = findingsOf(policy(type, settings)).find((finding) => finding.path === path);
    expect(found).toMatchObject({ line, message: expect.stringMatching(/must|comes from outside|has no type/) });
  });

  it("never throws and names lines of the text, however an ordinary one is damaged", () => {
    const damage = fc.tuple(
      fc.nat(EXAMPLE_CONFIG.length),
      fc.nat(12),
      fc.constantFrom("", " ", "\n", "- ", ": ", "{", "]", "&a ", "*a", "<<: ", "#", "'", '"', "|", "\t", "policies: 5", `$${"{X}"}`),
    );
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
        const text = damages.reduce((now, [at, length, put]) => now.slice(0, at) + put + now.slice(at + length), EXAMPLE_CONFIG);
        const lines = text.split("\n").length;
        const result = importCollectorConfig(text);
        const named = result.ok ? result.processors.flatMap(({ findings, leftOut }) => [...findings, ...leftOut]) : [];
        expect(named.filter(({ line }) => !(line >= 1 && line <= lines))).toEqual([]);
      }),
    );
  });
});
