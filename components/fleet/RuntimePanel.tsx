"use client";

import { useState } from "react";
import { useMay } from "#components/data/useMe.ts";
import { formatBytes } from "#components/format/formatBytes.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import type { CollectorRow, RowRuntime } from "#domain/telemetry/live.ts";
import { Fact } from "./Fact.tsx";
import { ProfileDialog } from "./ProfileDialog.tsx";

/** What the collector's process takes by itself, and a profile of where that goes. */
export function RuntimePanel({ row }: { row: CollectorRow }) {
  const mayEdit = useMay("editor");
  const [profiling, setProfiling] = useState(false);
  const offline = row.state === "offline";
  return (
    <Panel
      title="Runtime"
      actions={
        mayEdit && (
          <Button size="small" disabled={offline} title={offline ? "It is offline" : undefined} onClick={() => setProfiling(true)}>
            Record a profile…
          </Button>
        )
      }
    >
      {row.runtime === null ? (
        <EmptyState title={offline ? "It is offline" : "Nothing is known of it at the moment"}>
          {offline ? "Its figures come with its next measurement." : "They come with its next measurement, unless its version is too old to say."}
        </EmptyState>
      ) : (
        <Facts runtime={row.runtime} cpuCores={row.cpuCores} dimmed={row.state === "stale"} />
      )}
      <ProfileDialog id={row.id} name={row.name} open={profiling} onOpenChange={setProfiling} />
    </Panel>
  );
}

function Facts({ runtime, cpuCores, dimmed }: { runtime: RowRuntime; cpuCores: number | null; dimmed: boolean }) {
  const { heapUsedBytes, heapTotalBytes, externalBytes, arrayBuffersBytes, eventLoopDelayP50Ms, eventLoopDelayP99Ms } = runtime;
  const { gcMsPerS, gcLongestMs, threads, openFiles } = runtime;
  return (
    <dl className={`num grid grid-cols-[110px_minmax(0,1fr)] gap-x-3 gap-y-1.5 ${dimmed ? "[&_dd]:text-ink-3" : ""}`}>
      {cpuCores !== null && <Fact name="CPU">{cpuCores.toFixed(2)} cores</Fact>}
      <Fact name="Heap">
        {formatBytes(heapUsedBytes)} in use of {formatBytes(heapTotalBytes)}
      </Fact>
      <Fact name="Off the heap">
        {formatBytes(externalBytes)}, of that buffers {formatBytes(arrayBuffersBytes)}
      </Fact>
      <Fact name="Turn of the event loop">
        P50 {ms(eventLoopDelayP50Ms)} · P99 {ms(eventLoopDelayP99Ms)}
      </Fact>
      <Fact name="GC pauses">
        {ms(gcMsPerS)} of each second · longest pause {ms(gcLongestMs)}
      </Fact>
      {threads !== null && <Fact name="Threads">{formatCount(threads)}</Fact>}
      {openFiles !== null && <Fact name="Open files">{formatCount(openFiles)}</Fact>}
    </dl>
  );
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
