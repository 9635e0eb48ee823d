import { shiftDecimal } from "./decimal.ts";

const THOUSANDS = /^\d{1,3}([, _\u00a0\u202f]\d{3})+(\.\d*)?$/;

/** The number a person typed, times 10 to the power of `places`, exactly as the digits say: `1,500`, `1 500`, `0.5` and `0,5`. Undefined when it is none. */
export function typedNumber(text: string, places = 0): number | undefined {
  const trimmed = text.trim();
  const plain = THOUSANDS.test(trimmed) ? trimmed.replaceAll(/[^\d.]/g, "") : /^\d*,\d+$/.test(trimmed) ? trimmed.replace(",", ".") : trimmed;
  const shifted = shiftDecimal(plain, places);
  return shifted === undefined ? undefined : Number(shifted);
}

/** How a number stands in a field of the form: with separators, and every digit that matters. */
export function fieldNumber(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 20 });
}
