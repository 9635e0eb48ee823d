const MINUS = "−";

/** `118,400`; for figures in sentences and tables. `null` is a dash, because missing is not zero. */
export function formatCount(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "—";
  return signed(value, Math.round(Math.abs(value)).toLocaleString("en-US"));
}

/** Spans per second: whole above ten, one decimal below, so that a trickle is not shown as nothing. */
export function formatRate(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "—";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.05) return "<0.1";
  return size < 9.95 ? signed(value, trimZeros(size.toFixed(1))) : formatCount(value);
}

/** Three significant digits with k, M, G: `118k`, `7.6k`, `950`. For axes and large figures. */
export function formatCompact(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "—";
  let size = Math.abs(value);
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  if (unit === 0) return formatRate(value);
  const digits = size < 9.995 ? 2 : size < 99.95 ? 1 : unit > 0 && size < 999.5 ? 1 : 0;
  return signed(value, `${trimZeros(size.toFixed(digits))}${UNITS[unit]}`);
}
const UNITS = ["", "k", "M", "G", "T"];

/** A share 0..1 as percent, with as many digits as tell it from zero and from all. */
export function formatPercent(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return "—";
  const percent = Math.abs(share) * 100;
  if (percent === 0) return "0%";
  if (percent < 0.01) return `<${share < 0 ? MINUS : ""}0.01%`;
  const digits = percent < 1 ? 2 : percent < 10 ? 1 : percent > 99 && percent < 100 ? 1 : 0;
  const text = trimZeros(percent.toFixed(digits));
  return signed(share, `${text === "100" && percent < 100 ? "99.9" : text}%`);
}

export function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function signed(value: number, text: string): string {
  return value < 0 && /[1-9]/.test(text) ? `${MINUS}${text}` : text;
}
