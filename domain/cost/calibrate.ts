import { studentQuantile } from "../trends/student.ts";
import { roundMicro } from "./money.ts";

/** A month as it was billed: what it is supposed to follow, and the invoice. */
export type KnownBill = { units: number; micro: number };

export type Calibration = {
  fixedMicroPerMonth: number;
  /** Micro-units of currency for one unit of the driver. Not whole: it is multiplied before it is rounded. */
  microPerUnit: number;
  /** Half of the 95% interval of each; null with two months, which any line goes through. */
  fixedHalfWidth: number | null;
  perUnitHalfWidth: number | null;
  /** The largest distance between an invoice and what the line says for its month, and the share of their variance that the line explains (null where they are alike). */
  largestErrorMicro: number;
  explained: number | null;
  /** What had to be held at 0, since a negative fixed part or price means nothing. */
  heldAtZero: "fixed" | "perUnit" | null;
};

export type CalibrationProblem = { problem: string };

/**
 * Fixed and variable part from two or more known bills by least squares: micro = fixed + perUnit × units; both 0 or more. The intervals are those of ordinary
 * regression with n − 2 degrees of freedom (Draper & Smith, Applied Regression Analysis, 1.4); they are null where a part was held at 0.
 */
export function calibrate(bills: readonly KnownBill[]): Calibration | CalibrationProblem {
  if (bills.length < 2) return { problem: "two months are needed at least: their volume and their invoice" };
  const bad = bills.findIndex(({ units, micro }) => !Number.isFinite(units) || units < 0 || !Number.isFinite(micro) || micro < 0);
  if (bad >= 0) return { problem: `month ${bad + 1} has no volume or invoice of 0 or more` };
  const n = bills.length;
  const meanUnits = bills.reduce((sum, { units }) => sum + units / n, 0);
  const meanMicro = bills.reduce((sum, { micro }) => sum + micro / n, 0);
  const spread = bills.reduce((sum, { units }) => sum + (units - meanUnits) ** 2, 0);
  if (!(spread > (meanUnits * 1e-9) ** 2))
    return { problem: "all months have the same volume, so nothing tells the fixed part from the variable one; add a month that differs" };
  const together = bills.reduce((sum, { units, micro }) => sum + (units - meanUnits) * (micro - meanMicro), 0);
  let perUnit = together / spread;
  let fixed = meanMicro - perUnit * meanUnits;
  let heldAtZero: Calibration["heldAtZero"] = null;
  if (perUnit < 0) {
    [perUnit, fixed, heldAtZero] = [0, meanMicro, "perUnit"];
  } else if (fixed < 0) {
    const squares = bills.reduce((sum, { units }) => sum + units * units, 0);
    [perUnit, fixed, heldAtZero] = [bills.reduce((sum, { units, micro }) => sum + units * micro, 0) / squares, 0, "fixed"];
  }
  const errors = bills.map(({ units, micro }) => micro - fixed - perUnit * units);
  const squared = errors.reduce((sum, error) => sum + error * error, 0);
  const total = bills.reduce((sum, { micro }) => sum + (micro - meanMicro) ** 2, 0);
  const canTell = n > 2 && heldAtZero === null;
  const deviation = canTell ? Math.sqrt(squared / (n - 2)) : 0;
  const t = canTell ? studentQuantile(0.975, n - 2) : 0;
  return {
    fixedMicroPerMonth: roundMicro(fixed),
    microPerUnit: perUnit,
    fixedHalfWidth: canTell ? t * deviation * Math.sqrt(1 / n + meanUnits ** 2 / spread) : null,
    perUnitHalfWidth: canTell ? (t * deviation) / Math.sqrt(spread) : null,
    largestErrorMicro: Math.max(...errors.map(Math.abs)),
    explained: total === 0 ? null : 1 - squared / total,
    heldAtZero,
  };
}
