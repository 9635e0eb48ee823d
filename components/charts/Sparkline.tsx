import { areaPath, linePath, scaleOf } from "./chartPath.ts";
import { downsample } from "./downsample.ts";

type SparklineProps = { values: readonly (number | null)[]; label: string; width?: number; height?: number; color?: string; fill?: boolean };

/** A line without axes; gaps stay gaps. Its figures stand beside it, so it is one picture to a screen reader. */
export function Sparkline({ values, label, width = 72, height = 18, color = "var(--text-3)", fill = false }: SparklineProps) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return <span className="text-s text-ink-3">no data</span>;
  const max = Math.max(...known) || 1;
  const rows = downsample(values, width, 0);
  const series = { at: rows, top: rows.map((row) => values[row]), base: null };
  const scale = scaleOf({ fromMs: 0, toMs: Math.max(1, values.length - 1), axis: { max } }, width, height - 2);
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 -1 ${width} ${height}`} className="inline-block overflow-visible align-middle">
      {fill && <path d={areaPath(series, scale)} fill={color} opacity="0.16" />}
      <path d={linePath(series, scale)} fill="none" stroke={color} strokeWidth="1.2" strokeLinejoin="round" />
    </svg>
  );
}
