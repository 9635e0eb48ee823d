"use client";

import { useQuery } from "@tanstack/react-query";
import { ChartLine, Table2 } from "lucide-react";
import { useState } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { GATES, type Gate } from "#domain/fleet/rollout/rollout.ts";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { CompareChart } from "../chart/CompareChart.tsx";
import { CompareTable } from "../chart/CompareTable.tsx";

const TABS: Record<Gate, string> = { p99: "P99", queue: "Queue", memory: "Memory", dropped: "Dropped", refused: "Refused", keptShare: "Kept share" };
const ASK_AGAIN_MS = 2_000;

type ChartPanelProps = { view: RolloutView; metric: Gate; onMetric: (gate: Gate) => void; stageNames: readonly string[] };

/** Changed against control, of the gate that is chosen; what led to a rollback is kept with it. */
export function ChartPanel({ view, metric, onMetric, stageNames }: ChartPanelProps) {
  const trpc = useTRPC();
  const [table, setTable] = useState(false);
  const live = view.endedAtMs === null;
  const chart = useQuery(
    trpc.rollouts.chart.queryOptions({ number: view.number, gate: metric }, { staleTime: live ? 0 : 60_000, refetchInterval: live ? ASK_AGAIN_MS : false }),
  );
  const label = `${TABS[metric]}, changed against control`;
  return (
    <Panel
      title="Changed against control"
      corner={
        <button
          type="button"
          aria-label={table ? "Show it as a chart" : "Show it as a table"}
          title={table ? "Chart" : "Table"}
          onClick={() => setTable(!table)}
          className="-mr-1 grid size-[24px] place-items-center rounded-chip text-ink-3 hover:bg-hover hover:text-ink"
        >
          {table ? <ChartLine aria-hidden className="size-[14px]" /> : <Table2 aria-hidden className="size-[14px]" />}
        </button>
      }
      actions={
        <Segmented
          size="small"
          aria-label="What is compared"
          value={metric}
          onValueChange={onMetric}
          options={GATES.map((gate) => ({ value: gate, label: TABS[gate] }))}
        />
      }
    >
      <Legend view={view} />
      <QueryView query={chart} what="The chart" skeleton={<Skeleton className="h-[214px] w-full" />}>
        {(data) => (table ? <CompareTable chart={data} label={label} /> : <CompareChart chart={data} label={label} stageNames={stageNames} />)}
      </QueryView>
    </Panel>
  );
}

function Legend({ view }: { view: RolloutView }) {
  const keys = [
    { color: "var(--s1)", label: "changed" },
    { color: "var(--text-3)", label: "control" },
    { color: "var(--sampled)", label: "where the changed ones would be without the change" },
  ];
  return (
    <ul className="mb-1 flex flex-wrap gap-x-3 text-s text-ink-2">
      {keys.map(({ color, label }) => (
        <li key={label} className="flex items-center gap-1.5">
          <span aria-hidden="true" className="h-[3px] w-[12px] rounded-full" style={{ background: color }} />
          {label}
        </li>
      ))}
      {view.evidence !== null && <li className="text-ink-3">kept as evidence</li>}
    </ul>
  );
}
