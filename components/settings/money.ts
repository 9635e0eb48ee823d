const USD = /^\$?\s*(\d{1,12})(?:\.(\d+))?$/;

/** `"0.1632"` as 163200 millionths of a dollar, read digit by digit. A digit below a millionth is refused, not rounded. */
export function parseMicroUsd(text: string): { ok: true; microUsd: number } | { ok: false; message: string } {
  const match = USD.exec(text.trim().replaceAll(",", ""));
  if (!match) return { ok: false, message: `must be an amount in dollars such as 0.50${text.trim() === "" ? "" : `, got ${JSON.stringify(text.trim())}`}` };
  const fraction = (match[2] ?? "").replace(/0+$/, "");
  if (fraction.length > 6) return { ok: false, message: "must have at most 6 decimals (a millionth of a dollar)" };
  return { ok: true, microUsd: Number(match[1]) * 1_000_000 + Number(fraction.padEnd(6, "0")) };
}

/** The same amount as text, with at least two decimals: 163200 gives `"0.1632"`, 500000 `"0.50"`. */
export function exactUsd(microUsd: number): string {
  const whole = Math.floor(microUsd / 1_000_000);
  const fraction = String(microUsd % 1_000_000)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `${whole}.${fraction.padEnd(2, "0")}`;
}
