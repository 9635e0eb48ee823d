"use client";

import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { areaPath, linePath, type Scale } from "#components/charts/chartPath.ts";
import { placeMarkers } from "#components/charts/placeMarkers.ts";
import { useWidth } from "#components/charts/useWidth.ts";
import { formatClock } from "#components/format/formatDuration.ts";
import type { RolloutChart } from "#domain/fleet/rollout/rolloutView.ts";
import { comparedAt, type CompareChart as Prepared, prepareCompareChart } from "./prepareCompareChart.ts";

const LEFT = 56;
const RIGHT = 6;
const TOP = 16;
const BOTTOM = 20;

type CompareChartProps = { chart: RolloutChart; label: string; stageNames: readonly string[]; height?: number };

/** The changed collectors as a line against those that are not, with the band within which they would be without the change. */
export function CompareChart({ chart, label, stageNames, height = 214 }: CompareChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [at, setAt] = useState<number | null>(null);
  const prepared = useMemo(() => prepareCompareChart(chart), [chart]);
  const plotWidth = Math.max(0, width - LEFT - RIGHT);
  const plotHeight = height - TOP - BOTTOM;
  const scale = prepared === null ? null : scaleOf(prepared, plotWidth, plotHeight);
  const pointAt = (event: PointerEvent<HTMLDivElement>) => {
    if (prepared === null) return;
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left - LEFT) / Math.max(1, plotWidth);
    setAt(nearest(chart.points, prepared.fromMs + share * (prepared.toMs - prepared.fromMs)));
  };
  const keyed = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key === "Escape") setAt(null);
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    setAt(Math.min(chart.points.length - 1, Math.max(0, (at ?? chart.points.length) + step)));
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
      onPointerLeave={() => setAt(null)}
      onKeyDown={keyed}
      onBlur={() => setAt(null)}
      className="relative touch-pan-y rounded-chip"
      style={{ height }}
    >
      {prepared === null && <p className="px-1 py-8 text-center text-ink-3">No window has been measured yet; one is {chart.windowSeconds} s long.</p>}
      {width > 0 && prepared !== null && scale !== null && (
        <svg aria-hidden="true" width={width} height={height} className="num block overflow-visible text-[10.5px]" fill="var(--text-3)">
          <g transform={`translate(${LEFT},${TOP})`}>
            <Axes chart={prepared} scale={scale} width={plotWidth} height={plotHeight} />
            <path d={areaPath(prepared.band, scale)} fill="var(--sampled)" opacity={0.35} />
            <path d={linePath(prepared.control, scale)} fill="none" stroke="var(--text-3)" strokeWidth="1.5" strokeLinejoin="round" />
            <path d={linePath(prepared.changed, scale)} fill="none" stroke="var(--s1)" strokeWidth="2" strokeLinejoin="round" strokeLinecap="round" />
            <Marks chart={chart} prepared={prepared} stageNames={stageNames} scale={scale} width={plotWidth} height={plotHeight} />
            {at !== null && chart.points[at] && (
              <line x1={scale.x(chart.points[at].atMs)} x2={scale.x(chart.points[at].atMs)} y1={0} y2={plotHeight} stroke="var(--text-2)" />
            )}
            {prepared.empty && (
              <text x={plotWidth / 2} y={plotHeight / 2} textAnchor="middle" fontSize="12">
                nothing was measured
              </text>
            )}
          </g>
        </svg>
      )}
      {at !== null && chart.points[at] && scale !== null && <Figures chart={chart} at={at} left={LEFT + scale.x(chart.points[at].atMs)} width={width} />}
    </div>
  );
}

function scaleOf({ fromMs, toMs, min, max }: Prepared, width: number, height: number): Scale {
  return { x: (atMs) => ((atMs - fromMs) / (toMs - fromMs)) * width, y: (value) => height - ((value - min) / (max - min)) * height };
}

function Axes({ chart, scale, width, height }: { chart: Prepared; scale: Scale; width: number; height: number }) {
  const times = width < 420 ? [chart.times[0], chart.times[chart.times.length - 1]] : chart.times;
  return (
    <g>
      {chart.ticks.map(({ value, label }) => {
        const y = Math.round(scale.y(value)) + 0.5;
        return (
          <g key={value}>
            <line x1={0} x2={width} y1={y} y2={y} stroke={value === 0 ? "var(--line-strong)" : "var(--line)"} />
            <text x={-7} y={y + 3.5} textAnchor="end">
              {label}
            </text>
          </g>
        );
      })}
      {times.map(({ atMs, label }, index) => (
        <text key={atMs} x={scale.x(atMs)} y={height + 16} textAnchor={index === 0 ? "start" : index === times.length - 1 ? "end" : "middle"}>
          {label}
        </text>
      ))}
    </g>
  );
}

type MarksProps = { chart: RolloutChart; prepared: Prepared; stageNames: readonly string[]; scale: Scale; width: number; height: number };

function Marks({ chart, prepared, stageNames, scale, width, height }: MarksProps) {
  const markers = chart.marks.map(({ atMs, kind, stage }) => ({ atMs, label: kind === "rollingBack" ? "rolled back" : (stageNames[stage] ?? "") }));
  // A stage that opens with the first window stands at the edge.
  const from = { fromMs: prepared.fromMs - 1, toMs: prepared.toMs };
  return placeMarkers(markers, from, scale.x, width).map(({ atMs, label, x, side }) => (
    <g key={atMs}>
      <line x1={x} x2={x} y1={-10} y2={height} stroke="var(--line-control)" strokeDasharray="3 3" />
      {side !== null && (
        <text x={x + (side === "start" ? 4 : -4)} y={-4} textAnchor={side}>
          {label}
        </text>
      )}
    </g>
  ));
}

function Figures({ chart, at, left, width }: { chart: RolloutChart; at: number; left: number; width: number }) {
  const point = chart.points[at];
  const { changed, control, band } = comparedAt(chart.gate, point);
  const flip = left > width / 2;
  return (
    <div
      role="status"
      className="num pointer-events-none absolute top-4 z-10 rounded-control border border-line bg-raised px-2 py-1 text-s whitespace-nowrap shadow-float"
      style={flip ? { right: width - left + 8 } : { left: left + 8 }}
    >
      <div className="text-ink-3">{formatClock(point.atMs, true)}</div>
      <div>
        changed <b>{changed}</b>
      </div>
      <div>
        control <b>{control}</b>
      </div>
      {band !== null && <div className="text-ink-3">without the change {band}</div>}
    </div>
  );
}

function nearest(points: readonly { atMs: number }[], atMs: number): number | null {
  if (points.length === 0) return null;
  let best = 0;
  for (let index = 1; index < points.length; index++) if (Math.abs(points[index].atMs - atMs) < Math.abs(points[best].atMs - atMs)) best = index;
  return best;
}
