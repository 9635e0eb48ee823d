import { trimZeros } from "./formatNumber.ts";

const DECIMAL = ["B", "kB", "MB", "GB", "TB", "PB"];

export type Quantity = { value: string; unit: string };

/** Decimal bytes as value and unit, three significant digits: `50.8` `MB`. */
export function splitBytes(bytes: number | null): Quantity {
  if (bytes === null || !Number.isFinite(bytes)) return { value: "—", unit: "" };
  let size = Math.abs(bytes);
  let unit = 0;
  while (size >= 999.5 && unit < DECIMAL.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  return { value: `${bytes < 0 ? "−" : ""}${trimZeros(size.toFixed(digits))}`, unit: DECIMAL[unit] };
}

export function formatBytes(bytes: number | null): string {
  const { value, unit } = splitBytes(bytes);
  return unit === "" ? value : `${value} ${unit}`;
}
