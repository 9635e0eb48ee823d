"use client";

import { ChartLine, Table2 } from "lucide-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import type { LivePoint } from "#domain/telemetry/live.ts";
import { newestPoint, type SeriesView } from "../data/seriesStore.ts";
import { Panel } from "../ui/Panel.tsx";
import { ChartTable } from "./ChartTable.tsx";
import { Legend } from "./Legend.tsx";
import { useBoard, usePanelView } from "./liveBoard.tsx";
import { type ChartSpec, prepareTimeChart } from "./prepareTimeChart.ts";
import { TimeChart } from "./TimeChart.tsx";
import { useOnScreen } from "./useOnScreen.ts";

export type ChartPanelSpec = ChartSpec & {
  id: string;
  title: string;
  /** A fact beside the title, of the newest point. */
  fact?: (point: LivePoint, view: SeriesView) => ReactNode;
  /** `false` for none, or the keys of those series that need one. */
  legend?: false | readonly string[];
  /** Why there is nothing to draw although figures come in: which emptiness it is. */
  emptiness?: string;
};

type ChartPanelProps = { spec: ChartPanelSpec; height?: number; stale: boolean; controls?: ReactNode; className?: string };

/** A chart in its panel. Off screen it neither prepares nor draws; the same figures are one button away as a table. */
export function ChartPanel({ spec, height = 176, stale, controls, className }: ChartPanelProps) {
  const { asTables } = useBoard();
  const [own, setOwn] = useState<boolean | null>(null);
  const table = own ?? asTables;
  return (
    <Panel
      title={spec.title}
      className={className}
      corner={
        <button
          type="button"
          aria-label={table ? `Show ${spec.title} as a chart` : `Show ${spec.title} as a table`}
          title={table ? "Chart" : "Table"}
          onClick={() => setOwn(!table)}
          className="-mr-1 grid size-[24px] place-items-center rounded-chip text-ink-3 hover:bg-hover hover:text-ink"
        >
          {table ? <ChartLine aria-hidden className="size-[14px]" /> : <Table2 aria-hidden className="size-[14px]" />}
        </button>
      }
      actions={
        <>
          {spec.fact && <PanelFact id={`${spec.id}-fact`} fact={spec.fact} />}
          {spec.legend !== false && <Legend series={inLegend(spec)} />}
          {controls}
        </>
      }
    >
      <ChartBody spec={spec} height={height} stale={stale} table={table} />
    </Panel>
  );
}

function inLegend({ series, legend }: ChartPanelSpec) {
  return Array.isArray(legend) ? series.filter(({ key }) => legend.includes(key)) : series;
}

function ChartBody({ spec, height, stale, table }: { spec: ChartPanelSpec; height: number; stale: boolean; table: boolean }) {
  const frame = useRef<HTMLDivElement>(null);
  const onScreen = useOnScreen(frame);
  const view = usePanelView(spec.id, onScreen);
  const { markers } = useBoard();
  const chart = useMemo(() => (onScreen && !table ? prepareTimeChart(view, spec) : null), [view, spec, onScreen, table]);
  const emptiness = newestPoint(view) === null ? undefined : spec.emptiness;
  return (
    <div ref={frame} style={{ minHeight: height }}>
      {table && onScreen && <ChartTable view={view} spec={spec} label={spec.title} markers={markers} height={height} />}
      {chart && <TimeChart id={spec.id} label={spec.title} chart={chart} markers={markers} height={height} dimmed={stale} emptiness={emptiness} />}
    </div>
  );
}

function PanelFact({ id, fact }: { id: string; fact: NonNullable<ChartPanelSpec["fact"]> }) {
  const view = usePanelView(id, true);
  const newest = newestPoint(view);
  const shown = newest === null ? "" : fact(newest, view);
  return shown === "" ? null : <span className="num text-s text-ink-2">{shown}</span>;
}
