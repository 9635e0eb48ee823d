import { expect, it } from "vitest";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { policyKind } from "./policyKind.ts";

const tiers: SamplingPolicy["tiers"] = [{ name: "default", condition: { kind: "always" }, keep: { kind: "budget", spansPerSecond: 100 } }];
const seal = { seal: (text: string) => text, open: (text: string) => text };
const throughDatabase = (input: unknown) => JSON.parse(JSON.stringify(policyKind.take(input, seal, null).body));

it.each<[string, unknown]>([
  ["of span scope", { scope: "span", tiers }],
  ["from before there were scopes", { tiers }],
  ["of trace scope, with nothing but defaults", { scope: "trace", tiers }],
  ["of trace scope, with a wait below the default after the root", { scope: "trace", decisionWaitMs: 500, tiers }],
])("shows a stored policy %s as it was saved", (_what, input) => {
  const stored = throughDatabase(input);
  expect(policyKind.show({ body: stored, secrets: {} })).toEqual(stored);
  expect(throughDatabase(stored)).toEqual(stored);
});
