import { z } from "zod";
import type { FreezeWindow } from "./rolloutView.ts";

export const FREEZE_WINDOWS_MAX = 50;
const MINUTES_PER_DAY = 1_440;
const MINUTE_MS = 60_000;
const name = z.string("must be a text").trim().min(1, "must not be empty").max(100, "must have at most 100 characters");
const minute = z
  .int("must be a whole number of minutes")
  .min(0, "must be 0 or more")
  .max(MINUTES_PER_DAY - 1, "must be less than a day");

const weeklySchema = z.strictObject({
  kind: z.literal("weekly"),
  name,
  /** 1 is Monday. */
  days: z
    .array(z.int("must be a day from 1 to 7").min(1, "must be a day from 1 to 7").max(7, "must be a day from 1 to 7"))
    .min(1, "must name a day")
    .max(7, "must name each day once"),
  fromMinute: minute,
  toMinute: minute,
  timeZone: z.string("must be a text").refine(isTimeZone, "must be the name of a time zone, such as Europe/Berlin"),
});
const datedSchema = z
  .strictObject({ kind: z.literal("dated"), name, fromMs: z.int("must be a moment"), toMs: z.int("must be a moment") })
  .refine(({ fromMs, toMs }) => toMs > fromMs, { path: ["toMs"], message: "must be after the beginning" });

export const freezeWindowsSchema: z.ZodType<FreezeWindow[]> = z
  .array(z.discriminatedUnion("kind", [weeklySchema, datedSchema], "must be weekly or dated"))
  .max(FREEZE_WINDOWS_MAX, `must be at most ${FREEZE_WINDOWS_MAX} windows`);

/** The window that is on now and ends last, with its end; null outside of all. A weekly one whose ends are the same lasts a whole day. */
export function freezeAt(windows: readonly FreezeWindow[], nowMs: number): { name: string; untilMs: number } | null {
  const on = windows.flatMap((window) => {
    const untilMs = endsAt(window, nowMs);
    return untilMs === null ? [] : [{ name: window.name, untilMs }];
  });
  return on.sort((a, b) => b.untilMs - a.untilMs)[0] ?? null;
}

function endsAt(window: FreezeWindow, nowMs: number): number | null {
  if (window.kind === "dated") return nowMs >= window.fromMs && nowMs < window.toMs ? window.toMs : null;
  const { day, minute: now } = localTime(window.timeZone, nowMs);
  const { fromMinute, toMinute, days } = window;
  const length = (toMinute - fromMinute + MINUTES_PER_DAY) % MINUTES_PER_DAY || MINUTES_PER_DAY;
  const yesterday = day === 1 ? 7 : day - 1;
  const sinceBegun = days.includes(day) && now >= fromMinute ? now - fromMinute : days.includes(yesterday) ? now + MINUTES_PER_DAY - fromMinute : null;
  if (sinceBegun === null || sinceBegun >= length) return null;
  return Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + (length - sinceBegun) * MINUTE_MS;
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function localTime(timeZone: string, nowMs: number): { day: number; minute: number } {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  return { day: WEEKDAYS.indexOf(parts.get("weekday") ?? "") + 1, minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone });
    return true;
  } catch {
    return false;
  }
}
