"use client";

import { type KeyboardEvent, memo, type PointerEvent, useRef } from "react";
import type { Axis } from "./axisTicks.ts";
import { ChartCursor } from "./ChartCursor.tsx";
import { areaPath, linePath, type Scale, scaleOf } from "./chartPath.ts";
import { type Marker, type MarkerTone, useBoard } from "./liveBoard.tsx";
import { placeMarkers } from "./placeMarkers.ts";
import type { PreparedChart, PreparedSeries } from "./prepareTimeChart.ts";
import { useWidth } from "./useWidth.ts";

const LEFT = 48;
const RIGHT = 6;
const TOP = 14;
const BOTTOM = 20;
const X_LABELS = ["−15 min", "−10", "−5", "now"];
const X_LABELS_NARROW = ["−15 min", "now"];

const NO_DATA = "no data in the last 15 minutes";

type TimeChartProps = { id: string; label: string; chart: PreparedChart; markers: readonly Marker[]; height: number; dimmed?: boolean; emptiness?: string };

/** Draws a prepared chart as plain SVG. Measured against Recharts in docs/decisions/0007-live-charts.md. */
export function TimeChart({ id, label, chart, markers, height, dimmed = false, emptiness = NO_DATA }: TimeChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const { cursor } = useBoard();
  const plotWidth = Math.max(0, width - LEFT - RIGHT);
  const plotHeight = height - TOP - BOTTOM;
  const scale = scaleOf(chart, plotWidth, plotHeight);

  const pointAt = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left - LEFT) / Math.max(1, plotWidth)));
    cursor.set({ atMs: Math.round((chart.fromMs + share * (chart.toMs - chart.fromMs)) / 1000) * 1000, panel: id });
  };
  const keyed = (event: KeyboardEvent<HTMLDivElement>) => {
    const seconds = event.shiftKey ? 30 : 5;
    const step = event.key === "ArrowLeft" ? -seconds : event.key === "ArrowRight" ? seconds : 0;
    if (event.key === "Escape") cursor.set(null);
    if (step === 0) return;
    event.preventDefault();
    const from = cursor.get()?.atMs ?? chart.toMs;
    cursor.set({ atMs: Math.min(chart.toMs, Math.max(chart.fromMs, from + step * 1000)), panel: id });
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls; this group is a chart that arrows walk along
    <div
      ref={frame}
      role="group"
      aria-label={`Chart: ${label}. Arrow keys move the cursor; a table is one button away.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart takes arrow keys
      tabIndex={0}
      onPointerMove={pointAt}
      onPointerLeave={() => cursor.set(null)}
      onKeyDown={keyed}
      onBlur={() => cursor.set(null)}
      className="relative touch-pan-y rounded-chip"
      style={{ height }}
    >
      {width > 0 && (
        <svg aria-hidden="true" width={width} height={height} className="num block overflow-visible text-[10.5px]" fill="var(--text-3)">
          <g transform={`translate(${LEFT},${TOP})`}>
            <Grid axis={chart.axis} width={plotWidth} height={plotHeight} narrow={plotWidth < 420} />
            <g opacity={dimmed ? 0.45 : undefined}>
              {chart.series.map((series) => (
                <Mark key={series.spec.key} series={series} scale={scale} />
              ))}
            </g>
            <Markers markers={markers} chart={chart} scale={scale} width={plotWidth} height={plotHeight} />
            {chart.empty && (
              <text x={plotWidth / 2} y={plotHeight / 2} textAnchor="middle" fontSize="12">
                {emptiness}
              </text>
            )}
          </g>
        </svg>
      )}
      <ChartCursor id={id} chart={chart} markers={markers} left={LEFT} top={TOP} width={plotWidth} height={plotHeight} />
    </div>
  );
}

function Mark({ series, scale }: { series: PreparedSeries; scale: Scale }) {
  const { color, draw, opacity } = series.spec;
  if (draw === "band") return <path d={areaPath(series, scale)} fill={color} opacity={opacity ?? 0.12} />;
  if (draw === "stack") return <path d={areaPath(series, scale)} fill={color} opacity={opacity ?? 0.86} />;
  if (draw === "limit") return <path d={linePath(series, scale)} fill="none" stroke={color} strokeDasharray="4 3" opacity={opacity} />;
  return (
    <>
      {draw === "area" && <path d={areaPath(series, scale)} fill={color} opacity={opacity ?? 0.2} />}
      <path d={linePath(series, scale)} fill="none" stroke={color} strokeWidth="1.5" strokeLinejoin="round" strokeLinecap="round" />
    </>
  );
}

/** The axes change seldom, the data each second; apart, React has little to compare. */
const Grid = memo(
  function Grid({ axis, width, height, narrow }: { axis: Axis; width: number; height: number; narrow: boolean }) {
    const labels = narrow ? X_LABELS_NARROW : X_LABELS;
    return (
      <g>
        {axis.ticks.map(({ value, label }) => {
          const y = Math.round(height - (value / axis.max) * height) + 0.5;
          return (
            <g key={value}>
              <line x1={0} x2={width} y1={y} y2={y} stroke="var(--line)" />
              <text x={-7} y={y + 3.5} textAnchor="end">
                {label}
              </text>
            </g>
          );
        })}
        {labels.map((label, index) => (
          <text
            key={label}
            x={(index / (labels.length - 1)) * width}
            y={height + 16}
            textAnchor={index === 0 ? "start" : index === labels.length - 1 ? "end" : "middle"}
          >
            {label}
          </text>
        ))}
      </g>
    );
  },
  (before, after) => before.width === after.width && before.height === after.height && before.narrow === after.narrow && sameAxis(before.axis, after.axis),
);

function sameAxis(a: Axis, b: Axis): boolean {
  return a.max === b.max && a.ticks.length === b.ticks.length;
}

/** ■ bad, ▲ warn, ✓ well again, ● neither; in a box of 10 by 10, as status has them elsewhere. */
const MARKER_SHAPES: Record<MarkerTone, string> = {
  bad: "M1.5 1.5h7v7h-7z",
  warn: "M5 1.5 9 8.5H1z",
  done: "M1.5 5.3 4 7.8l4.6-5.4",
  neutral: "M2 5a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
};
const MARKER_COLORS: Record<MarkerTone, string> = { bad: "var(--bad)", warn: "var(--warn)", done: "var(--ok)", neutral: "var(--text-3)" };

function Markers({ markers, chart, scale, width, height }: { markers: readonly Marker[]; chart: PreparedChart; scale: Scale; width: number; height: number }) {
  return placeMarkers(markers, chart, scale.x, width).map(({ atMs, label, tone, x, side }) => (
    <g key={`${atMs} ${tone ?? ""}`}>
      <line x1={x} x2={x} y1={tone ? 0 : -10} y2={height} stroke={tone ? MARKER_COLORS[tone] : "var(--line-strong)"} strokeDasharray="3 3" />
      {tone && (
        <path
          d={MARKER_SHAPES[tone]}
          transform={`translate(${x - 5},-12)`}
          fill={tone === "done" ? "none" : MARKER_COLORS[tone]}
          stroke={MARKER_COLORS[tone]}
        />
      )}
      {side !== null && (
        <text x={x + (side === "start" ? 1 : -1) * (tone ? 8 : 4)} y={-4} textAnchor={side}>
          {label}
        </text>
      )}
    </g>
  ));
}
