import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";

export type Template = { id: "four-tiers" | "keep-everything"; title: string; about: string; suggestedName: string; body: SamplingPolicy };

/** What a policy can be begun with, besides a copy of another one. */
export const TEMPLATES: readonly Template[] = [
  {
    id: "four-tiers",
    title: "Four tiers",
    about: "All errors, everything slower than 500 ms, half of the important APIs, one in a hundred of the rest.",
    suggestedName: "Four tiers",
    body: {
      scope: "span",
      tiers: [
        { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
        { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: { kind: "ratio", ratio: 1 } },
        {
          name: "important APIs",
          condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] },
          keep: { kind: "ratio", ratio: 0.5 },
        },
        { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.01 } },
      ],
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
