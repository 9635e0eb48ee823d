import type { AuditFilter } from "#domain/audit/auditFilter.ts";

const DAY_MS = 86_400_000;
export const RANGES = [
  { value: "all", label: "All times", days: null },
  { value: "1", label: "Last 24 hours", days: 1 },
  { value: "7", label: "Last 7 days", days: 7 },
  { value: "30", label: "Last 30 days", days: 30 },
  { value: "custom", label: "From … to …", days: null },
] as const;
export type Range = (typeof RANGES)[number]["value"];

/** From the beginning of the hour, so that the address stays the same for a while. */
export function rangeToFilter(range: Range, nowMs: number): Pick<AuditFilter, "fromMs" | "toMs"> {
  const days = RANGES.find(({ value }) => value === range)?.days ?? null;
  if (range === "custom") return { fromMs: startOfDay(nowMs), toMs: undefined };
  return { fromMs: days === null ? undefined : Math.floor((nowMs - days * DAY_MS) / 3_600_000) * 3_600_000, toMs: undefined };
}

/** Which of the ranges a filter is. */
export function rangeOf({ fromMs, toMs }: AuditFilter, nowMs: number): Range {
  if (fromMs === undefined && toMs === undefined) return "all";
  if (toMs !== undefined || fromMs === undefined) return "custom";
  return RANGES.find(({ value }) => value !== "all" && value !== "custom" && rangeToFilter(value, nowMs).fromMs === fromMs)?.value ?? "custom";
}

/** A time as a field of the type datetime-local has it: the reader's own. */
export function toLocalField(atMs: number | undefined): string {
  if (atMs === undefined) return "";
  const local = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export function ofLocalField(text: string): number | undefined {
  const atMs = new Date(text).getTime();
  return Number.isFinite(atMs) && atMs >= 0 ? atMs : undefined;
}

function startOfDay(nowMs: number): number {
  return new Date(nowMs).setHours(0, 0, 0, 0);
}
