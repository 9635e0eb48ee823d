import { formatBytes } from "../format/formatBytes.ts";
import { formatMs } from "../format/formatDuration.ts";
import { formatMicroUsd } from "../format/formatMoney.ts";
import { formatCompact, trimZeros } from "../format/formatNumber.ts";

/** What an axis counts; decides its steps and how its figures are written. */
export type Unit = "spans/s" | "spans" | "per s" | "ms" | "bytes" | "cores" | "micro-USD/h";

export type Axis = { max: number; ticks: { value: number; label: string }[] };

const STEPS = [1, 2, 2.5, 5, 10];
/** An empty chart still has an axis; this is its top. */
const TOP_WHEN_EMPTY: Record<Unit, number> = { "spans/s": 10, spans: 10, "per s": 10, ms: 1, bytes: 1e6, cores: 0.1, "micro-USD/h": 10_000 };

/** From zero to a round number at or above `highest`, in two to `count` even steps that are written without a remainder. */
export function axisTicks(highest: number, unit: Unit, count = 4): Axis {
  const top = highest > 0 && Number.isFinite(highest) ? highest : TOP_WHEN_EMPTY[unit];
  const step = Math.max(niceStep(top / count), unit === "spans" ? 1 : 0);
  const steps = Math.max(1, Math.ceil(top / step - 1e-9));
  const ticks = Array.from({ length: steps + 1 }, (_, index) => index * step);
  const labels = axisLabels(ticks, unit);
  return { max: steps * step, ticks: ticks.map((value, index) => ({ value, label: labels[index] })) };
}

function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = STEPS.find((candidate) => candidate * power >= raw * 0.999) ?? 10;
  return step * power;
}

/** How a value of this unit is written in axes, tables and at the cursor. */
export function formatOf(unit: Unit): (value: number | null) => string {
  return FORMATS[unit];
}

const FORMATS: Record<Unit, (value: number | null) => string> = {
  "spans/s": formatCompact,
  spans: formatCompact,
  "per s": formatCompact,
  ms: (value) => (value === 0 ? "0 ms" : formatMs(value)),
  bytes: (value) => (value === 0 ? "0 MB" : formatBytes(value)),
  cores: (value) => (value === null ? "—" : value === 0 ? "0" : value.toFixed(value < 0.1 ? 3 : 2)),
  "micro-USD/h": formatMicroUsd,
};

/** Axes count in even steps, so all labels of one have as many decimals as the finest needs, and whole dollars have none. */
function axisLabels(values: readonly number[], unit: Unit): string[] {
  if (unit === "cores") return evenDecimals(values, 0);
  const usd = values.map((value) => value / 1e6);
  if (unit === "micro-USD/h" && Math.max(...usd) < 1000) return evenDecimals(usd, 2).map((label) => `$${label}`);
  return values.map(formatOf(unit));
}

function evenDecimals(values: readonly number[], fewest: number): string[] {
  const needed = Math.max(...values.map((value) => (trimZeros(value.toFixed(6)).split(".")[1] ?? "").length));
  const digits = needed === 0 ? 0 : Math.max(fewest, needed);
  return values.map((value) => (value === 0 ? "0" : value.toFixed(digits)));
}
