import { trimZeros } from "#components/format/formatNumber.ts";

/** A share with a decimal where that says something: `12.3%`, `0.4%`, `100%`. */
export function shareText(share: number): string {
  const percent = share * 100;
  if (percent !== 0 && Math.abs(percent) < 0.01) return percent < 0 ? ">−0.01%" : "<0.01%";
  const text = trimZeros(Math.abs(percent).toFixed(Math.abs(percent) < 1 ? 2 : 1));
  return `${percent < 0 && /[1-9]/.test(text) ? "−" : ""}${text}%`;
}
