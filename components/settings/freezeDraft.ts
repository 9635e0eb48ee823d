import type { FreezeWindow } from "#domain/fleet/rollout/rolloutView.ts";

export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** A window as it is typed: times as `22:00`, moments as `2026-12-24T00:00`, both of this browser's time zone. */
export type FreezeDraft = { kind: FreezeWindow["kind"]; name: string; days: number[]; from: string; to: string; fromDate: string; toDate: string };

export const EMPTY_FREEZE: FreezeDraft = { kind: "weekly", name: "", days: [6, 7], from: "00:00", to: "00:00", fromDate: "", toDate: "" };

/** The window, or by field what is wrong with it. */
export function readFreeze(draft: FreezeDraft, timeZone: string): { window: FreezeWindow } | { problems: Partial<Record<"name" | "days" | "to", string>> } {
  const name = draft.name.trim();
  const named = name === "" ? { name: "Say what it is for; it is shown on every page." } : {};
  if (draft.kind === "weekly") {
    const [fromMinute, toMinute] = [minuteOf(draft.from), minuteOf(draft.to)];
    const days = draft.days.length === 0 ? { days: "Choose a day." } : {};
    if (name === "" || draft.days.length === 0 || fromMinute === null || toMinute === null)
      return { problems: { ...named, ...days, ...((fromMinute === null || toMinute === null) && { to: "Give both times." }) } };
    return { window: { kind: "weekly", name, days: [...draft.days].sort(), fromMinute, toMinute, timeZone } };
  }
  const [fromMs, toMs] = [Date.parse(draft.fromDate), Date.parse(draft.toDate)];
  if (name !== "" && toMs > fromMs) return { window: { kind: "dated", name, fromMs, toMs } };
  return { problems: { ...named, ...(!(toMs > fromMs) && { to: "It must end after it begins." }) } };
}

function minuteOf(time: string): number | null {
  const match = /^(\d{2}):(\d{2})$/.exec(time);
  return match === null ? null : Number(match[1]) * 60 + Number(match[2]);
}

/** `Sat, Sun 22:00 to 06:00 (Europe/Berlin)`. */
export function freezeWords(window: FreezeWindow, dateWords: (atMs: number) => string): string {
  if (window.kind === "dated") return `${dateWords(window.fromMs)} to ${dateWords(window.toMs)}`;
  const days = window.days.length === 7 ? "every day" : window.days.map((day) => DAYS[day - 1]).join(", ");
  const times =
    window.fromMinute === window.toMinute ? `from ${clock(window.fromMinute)} for a day` : `${clock(window.fromMinute)} to ${clock(window.toMinute)}`;
  return `${days} ${times} (${window.timeZone})`;
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
