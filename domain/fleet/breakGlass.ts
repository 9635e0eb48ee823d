import type { Condition } from "../sampling/condition.ts";
import { describeCondition } from "../sampling/describeCondition.ts";

/** The choices that one click offers, in minutes. */
export const BREAK_GLASS_PRESETS = [15, 30, 60] as const;
export const BREAK_GLASS_MINUTES_MAX = 1440;

/** What is sampled out now and would be kept: of exactly what matches, or of all that might ("at most"); null with the reason where it is not known. */
export type BreakGlassEstimate = { kind: "measured" | "atMost"; spansPerS: number; bytesPerS: number; costMicroUsd: number } | { kind: "unknown"; why: string };

export type BreakGlassView = {
  id: string;
  /** In words: `service is payments, on collectors with env=prod`. */
  what: string;
  condition: Condition;
  selector: string;
  reason: string;
  byName: string;
  startedAtMs: number;
  endsAtMs: number;
  endedAtMs: number | null;
  endedBy: string | null;
  /** What the collectors counted has all come in; always false while it lasts. */
  isSettled: boolean;
  /** Spans and bytes kept that the policies would have sampled out, as far as collectors have told; null as long as none has. */
  kept: { spans: number; bytes: number; costMicroUsd: number } | null;
  estimate: BreakGlassEstimate;
  /** Collectors of the selector that are connected, those that have said that it holds, and why it does not hold elsewhere. */
  collectors: { selected: number; active: number; problems: { collector: string; problem: string }[] };
};

/** Micro-dollars, rounded once. */
export function keptCostMicroUsd(bytes: number, microUsdPerGb: number): number {
  return Math.round((bytes * microUsdPerGb) / 1e9);
}

export function breakGlassInWords(condition: Condition, selector: string): string {
  const what = condition.kind === "always" ? "everything" : describeCondition(condition);
  return selector === "" ? what : `${what}, on collectors with ${selector}`;
}
