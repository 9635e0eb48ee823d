import { REPLAY_BACK_MS_MAX } from "#domain/sampling/compare/shadowReport.ts";
import type { TriedOver } from "./compareHref.ts";

const HOURS_MAX = REPLAY_BACK_MS_MAX / 3_600_000;

/** What stands in the form, as typed. */
export type OverDraft = { over: TriedOver; minutes: "5" | "10" | "30" | "60"; hours: string };

export const OVER_DEFAULT: OverDraft = { over: "live", minutes: "10", hours: "6" };

/** Null where the hours are well, or are not asked for. */
export function problemOfHours({ over, hours }: OverDraft): string | null {
  const number = Number(hours);
  const isWell = over === "live" || (/^\s*\d+\s*$/.test(hours) && number >= 1 && number <= HOURS_MAX);
  return isWell ? null : `Whole hours, 1 to ${HOURS_MAX}.`;
}

/** What the server is asked for; null while something is wrong. */
export function overOf(draft: OverDraft) {
  if (problemOfHours(draft) !== null) return null;
  return draft.over === "live" ? { kind: "live" as const, minutes: Number(draft.minutes) } : { kind: "recording" as const, hours: Number(draft.hours) };
}
