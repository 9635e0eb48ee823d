export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** The bounds of the UTC month that holds `ms`, Unix milliseconds. */
export function monthAround(ms: number): { fromMs: number; untilMs: number; hours: number } {
  const date = new Date(ms);
  const fromMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  const untilMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  return { fromMs, untilMs, hours: (untilMs - fromMs) / HOUR_MS };
}

/** A range of Unix milliseconds cut at the UTC months' ends. */
export function splitByMonth(fromMs: number, untilMs: number): { fromMs: number; untilMs: number; month: ReturnType<typeof monthAround> }[] {
  const pieces = [];
  for (let at = fromMs; at < untilMs; ) {
    const month = monthAround(at);
    const end = Math.min(month.untilMs, untilMs);
    pieces.push({ fromMs: at, untilMs: end, month });
    at = end;
  }
  return pieces;
}

/** `2026-10-01` as the Unix milliseconds of its beginning in UTC. */
export function dayStartMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
