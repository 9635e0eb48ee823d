import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { editYaml } from "./editYaml.ts";
import { EXAMPLE_CONFIG } from "./exampleConfig.ts";
import { importCollectorConfig } from "./importCollectorConfig.ts";

function findingsOf(text: string) {
  const result = importCollectorConfig(text);
  if (!result.ok) throw new Error(result.problem.message);
  return result.processors.flatMap(({ findings }) => findings);
}
const policiesAt = ["processors", "tail_sampling", "policies"];

describe("a mend of a configuration", () => {
  it("combines the blocks that stand side by side, and leaves every other line as it is", () => {
    const [finding] = findingsOf(EXAMPLE_CONFIG);
    const [combine, remove] = finding.mends;
    expect([combine.label, remove.label]).toEqual(["Combine string_attribute and probabilistic", "Remove probabilistic"]);
    const edited = editYaml(EXAMPLE_CONFIG, combine.edits) ?? "";
    const before = EXAMPLE_CONFIG.split("\n");
    expect(edited.split("\n").slice(0, 13)).toEqual(before.slice(0, 13));
    expect(edited.split("\n").slice(-8)).toEqual(before.slice(-8));
    expect(findingsOf(edited)).toMatchObject([{ severity: "info", message: expect.stringContaining("50% of what the first matches is kept") }]);
    expect(editYaml(EXAMPLE_CONFIG, remove.edits)?.split("\n")).toEqual(
      before
        .filter((line) => !line.includes("sampling_percentage: 50"))
        .map((line) => line.replace("[/api/payment, /api/checkout]", "[ /api/payment, /api/checkout ]")),
    );
  });

  it("keeps the comments of the policy that it is in, and its indentation", () => {
    const text = [
      "tail_sampling:",
      "    policies:",
      "    # first",
      "    - name: a # why",
      "      type: latency",
      "      latency:",
      "        # slow",
      "        treshold_ms: 5",
      "    - {name: b, type: always_sample}",
      "",
    ].join("\n");
    const [finding] = findingsOf(text);
    expect(finding.mends.map(({ label }) => label)).toEqual(["Rename it to threshold_ms", "Remove treshold_ms"]);
    expect(editYaml(text, finding.mends[0].edits)).toBe(text.replace("treshold_ms", "threshold_ms"));
    expect(editYaml(text, [{ kind: "set", path: ["tail_sampling", "policies", 1, "name"], value: "c" }])).toBe(
      text.replace("{name: b, type: always_sample}", "{ name: c, type: always_sample }"),
    );
  });

  it("is not offered behind an alias, where it would change what stands elsewhere, and changes nothing there", () => {
    const text = "processors:\n  a: &a { name: x, type: always_sample, latency: { threshold_ms: 1 } }\n  tail_sampling: { policies: [*a] }\n";
    const [finding] = findingsOf(text);
    expect(finding).toMatchObject({ message: expect.stringContaining("silently ignored"), mends: [] });
    expect(editYaml(text, [{ kind: "remove", path: [...policiesAt, 0, "latency"] }])).toBeUndefined();
    expect(editYaml("a: [", [{ kind: "set", path: ["a"], value: 1 }])).toBeUndefined();
    expect(editYaml(text, [{ kind: "remove", path: [...policiesAt, 7, "latency"] }])).toBeUndefined();
  });

  it("edits a policy that is an anchor or refers to one, and whole processors", () => {
    const text =
      "tail_sampling:\n  policies:\n    - &a\n      name: x\n      type: latency\n      latency: &l { threshold_ms: 5 }\n    - name: y\n      type: latency\n      latency: *l\n";
    const at = ["tail_sampling", "policies", 1];
    expect(parse(editYaml(text, [{ kind: "set", path: [...at, "name"], value: "z" }]) ?? "").tail_sampling.policies[1]).toEqual({
      name: "z",
      type: "latency",
      latency: { threshold_ms: 5 },
    });
    const removed = editYaml(text, [{ kind: "remove", path: at }]) ?? "";
    expect(removed).toContain("&a");
    expect(parse(removed).tail_sampling.policies).toHaveLength(1);
  });

  it.each([
    ["- name: a\n  type: status_code\n  status_code: { status_codes: [error] }", 'Write "ERROR"'],
    ["- name: a\n  type: latency\n  latency: { threshold_ms: '500' }", "Write 500"],
    ["- name: a\n  type: string_attribute\n  string_attribute: { key: k, values: [200] }", 'Write "200"'],
    ["- type: always_sample", "Name it policy 1"],
    ["- { name: a, type: always_sample }\n- { name: a, type: always_sample }", "Name it a (2)"],
    ["- name: a\n  type: always_sample\n  colour: red", "Remove colour"],
    ["- name: a\n  type: latency\n  latncy: { threshold_ms: 5 }", "Rename it to latency"],
    ["- name: a\n  type: numeric_attribute\n  numeric_attribute: { key: k, max_value: 5 }", "Set min_value to 1"],
    [
      "- name: a\n  type: composite\n  composite:\n    max_total_spans_per_second: 9\n    policy_order: [y, x]\n    composite_sub_policy: [{ name: x, type: always_sample }, { name: y, type: trace_flags }]",
      "Put the sub-policies into that order",
    ],
    ["- { name: a, type: and, and: {} }\n- { name: b, type: always_sample }", "Remove the policy"],
  ])("takes away what it was offered for: %s", (list, label) => {
    const text = `processors:\n  tail_sampling:\n    policies:\n${list.replaceAll(/^/gm, "      ")}\n`;
    const finding = findingsOf(text).find(({ mends }) => mends.some((mend) => mend.label === label));
    const mend = finding?.mends.find((one) => one.label === label);
    if (finding === undefined || mend === undefined) throw new Error(JSON.stringify(findingsOf(text)));
    const edited = editYaml(text, mend.edits) ?? "";
    expect(findingsOf(edited).map(({ message }) => message)).not.toContain(finding.message);
  });

  it("writes seconds where a wait had no unit, and no unknown setting", () => {
    const text = "tail_sampling:\n  decision_wait: 10 # s\n  num_trace: 5\n  policies: [{ name: a, type: always_sample }]\n";
    const edited = findingsOf(text)
      .flatMap(({ mends }) => mends.slice(0, 1))
      .reduce((now, { edits }) => editYaml(now, edits) ?? "", text);
    expect(edited).toBe("tail_sampling:\n  decision_wait: 10s # s\n  num_traces: 5\n  policies: [ { name: a, type: always_sample } ]\n");
  });

  it("changes nothing but what it says, whatever the policies are", () => {
    const anyPolicy = fc.record(
      { name: fc.string(), type: fc.constantFrom("latency", "always_sample", "status_code"), latency: fc.jsonValue(), other: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(anyPolicy, { minLength: 1, maxLength: 2 }), fc.boolean(), (list, pretty) => {
        const text = JSON.stringify({ policies: list }, null, pretty ? 2 : 0);
        for (const { mends } of findingsOf(text)) {
          for (const { edits } of mends) {
            const edited = editYaml(text, edits);
            const index = edits[0].path[1] as number;
            const others = (policies: unknown[]) => policies.filter((_, at) => at !== index);
            expect(others(parse(edited ?? "").policies)).toEqual(others(parse(text).policies));
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
