import { shiftDecimal } from "./decimal.ts";

/** `"1 %"`, `"1%"`, `"1"` and `"0,5"` as a ratio (0.01, 0.005), exactly as the digits say; `undefined` when it is no number. Not checked for 0..1. */
export function parsePercent(text: string): number | undefined {
  const digits = text.replace("%", "").trim();
  const shifted = shiftDecimal(/^[^.]*,[^.,]*$/.test(digits) ? digits.replace(",", ".") : digits, -2);
  return shifted === undefined ? undefined : Number(shifted);
}

/** The digits of a ratio as per cent, without the sign: 0.0001 gives `"0.01"`. `parsePercent` gives the same ratio back. */
export function percentDigits(ratio: number): string {
  return shiftDecimal(String(ratio), 2) ?? String(ratio);
}

export function formatPercent(ratio: number): string {
  return `${percentDigits(ratio)}%`;
}
