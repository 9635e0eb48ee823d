import { shiftDecimal } from "../sampling/draft/decimal.ts";

export const SIZE_UNITS = ["MB", "GB", "TB"] as const;
export type SizeUnit = (typeof SIZE_UNITS)[number];
export type Size = { text: string; unit: SizeUnit };
const PLACES: Record<SizeUnit, number> = { MB: 6, GB: 9, TB: 12 };

/** Bytes of `10 GB` (decimal units), exactly as the digits say; the text itself when it is no number, so that the schema names it. */
export function sizeBytes({ text, unit }: Size): number | string {
  const shifted = shiftDecimal(text, PLACES[unit]);
  return shifted === undefined ? text : Number(shifted);
}

/** The largest unit in which the size is at least one; the digits are exact. */
export function sizeOfBytes(bytes: number): Size {
  const unit = bytes >= 1e12 ? "TB" : bytes >= 1e9 ? "GB" : "MB";
  return { text: shiftDecimal(String(bytes), -PLACES[unit]) ?? String(bytes), unit };
}
