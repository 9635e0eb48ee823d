import type { Quantity } from "./formatBytes.ts";
import { trimZeros } from "./formatNumber.ts";

/** A latency: `0.42 ms`, `12 ms`, `1.2 s`, `3.5 min`. */
export function splitMs(ms: number | null): Quantity {
  if (ms === null || !Number.isFinite(ms)) return { value: "—", unit: "" };
  if (ms < 0.0005) return { value: "0", unit: "ms" };
  if (ms < 0.1) return { value: trimZeros((ms * 1000).toFixed(ms < 0.01 ? 1 : 0)), unit: "µs" };
  if (ms < 999.5) return { value: trimZeros(ms.toFixed(ms < 0.995 ? 2 : ms < 9.95 ? 1 : 0)), unit: "ms" };
  if (ms < 59_950) return { value: trimZeros((ms / 1000).toFixed(ms < 9_950 ? 2 : 1)), unit: "s" };
  return { value: trimZeros((ms / 60_000).toFixed(1)), unit: "min" };
}

export function formatMs(ms: number | null): string {
  const { value, unit } = splitMs(ms);
  return unit === "" ? value : `${value} ${unit}`;
}

/** How long ago, coarse: `3 s`, `4 min`, `2 h`, `5 d`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** Time of day of the reader: `14:31`, with seconds when asked. */
export function formatClock(atMs: number, seconds = false): string {
  return new Date(atMs).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) });
}

/** Date and time of the reader: `23 Nov, 14:31`. */
export function formatDate(atMs: number): string {
  return new Date(atMs).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}
