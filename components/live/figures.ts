import type { LedgerView, LivePoint } from "#domain/telemetry/live.ts";
import { newestPoint, type SeriesView } from "../data/seriesStore.ts";
import { formatBytes } from "../format/formatBytes.ts";
import { formatAge, formatMs, splitMs } from "../format/formatDuration.ts";
import { formatMicroUsd, splitMicroUsdPerHour } from "../format/formatMoney.ts";
import { formatCompact, formatCount, formatPercent } from "../format/formatNumber.ts";
import type { Figure } from "../ui/FigureStrip.tsx";

const SLOW_MS = 100;

/** The five figures of the strip, with what each is to be compared with; dashes where nothing was measured. */
export function figures(view: SeriesView, ledger: LedgerView | null, nowMs: number): Figure[] {
  const point = newestPoint(view);
  const lost = droppedOf(view);
  const p99 = latest(view, (one) => one.ackP99Ms);
  const p50 = latest(view, (one) => one.ackP50Ms);
  const usual = median(view.points.map((one) => one?.ackP99Ms ?? null));
  const slow = p99 !== null && p99 > SLOW_MS && usual !== null && p99 > 2 * usual;
  const time = splitMs(p99);
  const cost = splitMicroUsdPerHour(point?.costMicroUsdPerHour ?? null);
  return [
    {
      label: "In",
      value: formatCompact(point?.receivedPerS ?? null),
      unit: point ? "spans/s" : undefined,
      below: point ? `${formatBytes(point.bytesReceivedPerS)}/s${point.sampleShare > 0 ? ` · ${formatPercent(point.sampleShare)} sample` : ""}` : "",
    },
    {
      label: "Kept",
      value: formatCompact(point?.keptPerS ?? null),
      unit: point ? "spans/s" : undefined,
      below:
        point && point.keptPerS + point.sampledOutPerS > 0
          ? `${formatPercent(point.keptPerS / (point.keptPerS + point.sampledOutPerS))} · ${formatBytes(point.bytesKeptPerS)}/s`
          : "",
    },
    {
      label: "P99 acknowledgement",
      value: time.value,
      unit: time.unit,
      below: usual === null ? "no request lately" : `usually ${formatMs(usual)}${p50 === null ? ", none now" : ` · P50 ${formatMs(p50)}`}`,
      tone: slow ? "warn" : undefined,
    },
    {
      label: "Dropped, not intended",
      value: point ? formatCount(lost) : "—",
      unit: lost > 0 ? "spans in 15 min" : undefined,
      below: ledger === null ? "" : `ledger ${ledger.balanced ? "balances" : "does not balance"} · ${formatAge(nowMs - ledger.checkedAtMs)} ago`,
      tone: lost > 0 || ledger?.balanced === false ? "bad" : undefined,
    },
    { label: "Cost now", value: cost.value, unit: cost.unit, below: point ? `without sampling ${formatMicroUsd(point.unsampledCostMicroUsdPerHour)} /h` : "" },
  ];
}

function droppedOf(view: SeriesView): number {
  return Math.round(view.points.reduce((sum, point) => sum + (point?.droppedPerS ?? 0), 0));
}

/** The newest known value of the last ten seconds: a second without a request has no latency, and a figure should not flicker. */
function latest(view: SeriesView, value: (point: LivePoint) => number | null): number | null {
  for (let index = view.points.length - 1; index >= Math.max(0, view.points.length - 10); index--) {
    const point = view.points[index];
    const found = point === null ? null : value(point);
    if (found !== null) return found;
  }
  return null;
}

function median(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known.length === 0 ? null : known[Math.floor(known.length / 2)];
}
