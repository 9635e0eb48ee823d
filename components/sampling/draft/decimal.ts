/** A plain decimal: optional sign, digits, optional fraction. Exponents are what String(number) gives for tiny values. */
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;

/**
 * Moves the decimal point of `text` by `places` (right when positive), on the digits themselves, so that no rounding happens.
 * `undefined` when `text` is not a decimal number. The answer has no needless zeros and no exponent.
 */
export function shiftDecimal(text: string, places: number): string | undefined {
  const match = DECIMAL.exec(text.trim());
  if (!match || (match[2] === "" && (match[3] ?? "") === "")) return undefined;
  const exponent = Number(match[4] ?? 0);
  if (Math.abs(exponent) > 400) return undefined;
  const fraction = match[3] ?? "";
  let digits = match[2] + fraction;
  let point = match[2].length + exponent + places;
  if (point < 0) {
    digits = "0".repeat(-point) + digits;
    point = 0;
  }
  if (point > digits.length) digits += "0".repeat(point - digits.length);
  const whole = digits.slice(0, point).replace(/^0+(?=\d)/, "") || "0";
  const rest = digits.slice(point).replace(/0+$/, "");
  const shown = rest === "" ? whole : `${whole}.${rest}`;
  return match[1] === "-" && shown !== "0" ? `-${shown}` : shown;
}
