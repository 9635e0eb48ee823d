import type { SamplingPolicy, Tier } from "#domain/sampling/samplingPolicy.ts";

export type Template = {
  id: "four-tiers" | "four-tiers-traces" | "keep-everything";
  title: string;
  about: string;
  suggestedName: string;
  body: SamplingPolicy;
};

const FOUR_TIERS: Tier[] = [
  { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
  { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: { kind: "ratio", ratio: 1 } },
  {
    name: "important APIs",
    condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] },
    keep: { kind: "ratio", ratio: 0.5 },
  },
  { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.01 } },
];

/** Begins the address of a new policy whose draft was made from an imported configuration. */
export const IMPORTED = "imported-";

/** What a policy can be begun with, besides a copy of another one. */
export const TEMPLATES: readonly Template[] = [
  {
    id: "four-tiers",
    title: "Four tiers",
    about: "All errors, everything slower than 500 ms, half of the important APIs, one in a hundred of the rest.",
    suggestedName: "Four tiers",
    body: { scope: "span", tiers: FOUR_TIERS },
  },
  {
    id: "four-tiers-traces",
    title: "Four tiers, whole traces",
    about: "The same four tiers, asked of the whole trace: one error anywhere keeps all of its spans. Each trace waits up to 10 s for its decision.",
    suggestedName: "Four tiers, whole traces",
    body: {
      scope: "trace",
      decisionWaitMs: 10_000,
      decisionWaitAfterRootMs: 2_000,
      tracesMax: 100_000,
      spansMax: 500_000,
      bytesMax: 268_435_456,
      decisionCache: { entriesMax: 500_000, ttlMs: 300_000 },
      tiers: FOUR_TIERS,
    },
  },
  {
    id: "keep-everything",
    title: "Keep everything",
    about: "One tier that keeps all of it. Add tiers above it when you know what is worth less.",
    suggestedName: "Keep everything",
    body: { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } }] },
  },
];

export function templateById(id: string | null | undefined): Template | undefined {
  return TEMPLATES.find((template) => template.id === id);
}
