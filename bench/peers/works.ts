import type { Promised } from "./arrivals.ts";

/** What is asked of both: the same kept share and the same rules as far as both know them. */
export const WORKS = ["pass", "span", "trace"] as const;
export type Work = (typeof WORKS)[number];
export type Peer = "headgate" | "otelcol";

export const WAIT_MS = 5000;
export const SLOW_MS = 500;
export const IMPORTANT = ["/api/payment", "/api/checkout"];
export const IMPORTANT_RATIO = 0.5;
export const REST_RATIO = 0.01;
/** What the four tiers keep of single spans of this traffic; the reference samples that share, by the trace id alone. */
export const SPAN_SHARE = 0.06;
export const MEMORY_BYTES = 4 * 2 ** 30;

export const WORK_WORDS: Record<Work, string> = {
  pass: "pass-through",
  span: "four tiers, span scope",
  trace: "four tiers, trace scope, 5 s wait",
};

/** What of the acknowledged spans has to be at the sink in the end. */
export function promisedBy(peer: Peer, work: Work): Promised {
  if (work === "pass") return { kind: "all" };
  if (work === "trace") return { kind: "errorTraces" };
  return peer === "headgate" ? { kind: "errors" } : { kind: "randomness", ratio: SPAN_SHARE };
}
