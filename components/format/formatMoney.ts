import type { Quantity } from "./formatBytes.ts";

/** Micro-dollars as dollars: `$4.18`, `$0.0042`, `$41,900`; small sums keep two significant digits. */
export function formatMicroUsd(microUsd: number | null): string {
  if (microUsd === null || !Number.isFinite(microUsd)) return "—";
  const usd = Math.abs(microUsd) / 1e6;
  const sign = microUsd < 0 ? "−" : "";
  if (usd === 0) return "$0";
  if (usd >= 1000) return `${sign}$${Math.round(usd).toLocaleString("en-US")}`;
  if (usd >= 0.1) return `${sign}$${usd.toFixed(2)}`;
  const digits = Math.min(6, 1 - Math.floor(Math.log10(usd)));
  return `${sign}$${usd.toFixed(digits)}`;
}

export function splitMicroUsdPerHour(microUsd: number | null): Quantity {
  return { value: formatMicroUsd(microUsd), unit: microUsd === null ? "" : "/h" };
}

/** A price typed by a person, in dollars, as whole micro-dollars; null when it isn't a number of 0 or more. */
export function parseUsd(text: string): number | null {
  const clean = text.trim().replace(/^\$/, "").replaceAll(",", "");
  if (!/^\d+(\.\d{0,6})?$|^\.\d{1,6}$/.test(clean)) return null;
  return Math.round(Number(clean) * 1e6);
}
