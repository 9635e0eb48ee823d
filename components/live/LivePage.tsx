"use client";

import { Pause, Play } from "lucide-react";
import { useRouter, useSearchParams } from "next/navigation";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { breakGlassHref } from "../break-glass/breakGlassHref.ts";
import { ChartPanel } from "../charts/ChartPanel.tsx";
import { LiveBoard } from "../charts/liveBoard.tsx";
import { describeError } from "../data/describeError.ts";
import { useMayDo } from "../data/useMe.ts";
import { type SeriesScope, useSeries } from "../data/useSeries.ts";
import { formatClock } from "../format/formatDuration.ts";
import { Button, ButtonLink } from "../ui/Button.tsx";
import { isTyping } from "../ui/isTyping.ts";
import { Kbd } from "../ui/Kbd.tsx";
import { Note } from "../ui/Note.tsx";
import { PageHead } from "../ui/PageHead.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { changeMarkers } from "./delivery/changeWords.ts";
import { useDeliveryChanges } from "./delivery/useDeliveryChanges.ts";
import { ExplainBox } from "./explain/ExplainBox.tsx";
import { LiveHead } from "./LiveHead.tsx";
import { liveHref } from "./liveHref.ts";
import { PricePopover } from "./PricePopover.tsx";
import { COST_PANEL, CPU_PANEL, LATENCY_PANEL, MEMORY_PANEL, OUTCOME_PANEL, QUEUE_PANEL, STAGES_PANEL } from "./panels.ts";
import { SampleNote } from "./SampleNote.tsx";
import { ScopeSwitch } from "./ScopeSwitch.tsx";
import { StaleNote } from "./StaleNote.tsx";
import { usePause } from "./usePause.ts";
import { useRevisionMarkers } from "./useRevisionMarkers.ts";
import { useStale } from "./useStale.ts";
import { useTracePanels } from "./useTracePanels.ts";

// What stands below the fold comes after the first paint.
const DeliveryPanel = lazy(async () => ({ default: (await import("./delivery/DeliveryPanel.tsx")).DeliveryPanel }));
const CollectorsTable = lazy(async () => ({ default: (await import("./CollectorsTable.tsx")).CollectorsTable }));
const TracePanel = lazy(async () => ({ default: (await import("./TracePanel.tsx")).TracePanel }));

const TRACE_PLACES = [
  ["waiting", "lg:col-span-8"],
  ["held", "lg:col-span-4"],
  ["decisions", "lg:col-span-8"],
  ["decision-wait", "lg:col-span-4"],
] as const;
const DELIVERY_PLACES = [
  ["breakers", "lg:col-span-6"],
  ["log", "lg:col-span-6"],
  ["batch", "lg:col-span-4"],
  ["reasons", "lg:col-span-4"],
  ["by-reason", "lg:col-span-4"],
] as const;

export function LivePage() {
  const router = useRouter();
  const search = useSearchParams();
  const id = search.get("collector");
  const trace = search.get("trace");
  const scope = useMemo<SeriesScope>(() => (id === null ? { kind: "fleet" } : { kind: "collector", id }), [id]);
  const { store, error, retry } = useSeries(scope);
  const { paused, toggle } = usePause(store);
  const staleSince = useStale(scope);
  const revisions = useRevisionMarkers();
  const { changes } = useDeliveryChanges(scope);
  const markers = useMemo(() => [...revisions, ...changeMarkers(changes, id === null)], [revisions, changes, id]);
  const asTables = useTablesKey();
  const tracePanels = useTracePanels(store);
  const mayBreakGlass = useMayDo("breakGlass");
  const stale = staleSince !== null;
  const ask = useCallback((traceId: string | null) => router.replace(liveHref({ collector: id, trace: traceId }), { scroll: false }), [router, id]);

  return (
    <LiveBoard series={store} paused={paused} markers={markers} asTables={asTables}>
      <PageHead
        title="Live"
        aside={
          <>
            {paused && <StatusChip tone="info">paused at {formatClock(paused.fromMs + (paused.points.length - 1) * 1000, true)}</StatusChip>}
            {staleSince !== null && <StaleNote sinceMs={staleSince} />}
          </>
        }
        actions={
          <>
            {mayBreakGlass && <ButtonLink href={breakGlassHref()}>Keep everything…</ButtonLink>}
            <ScopeSwitch id={id} onChange={(collector) => router.replace(liveHref({ collector, trace }), { scroll: false })} />
            <Button onClick={toggle} aria-pressed={paused !== null} icon={paused ? <Play aria-hidden /> : <Pause aria-hidden />}>
              {paused ? "Go on" : "Pause"} <Kbd>space</Kbd>
            </Button>
          </>
        }
      />
      {error !== null && (
        <Note tone="warn" role="status" className="mb-3" action={<Button onClick={retry}>Try again</Button>}>
          The last 15 minutes could not be loaded; the charts begin now. {describeError(error).message}
        </Note>
      )}
      <SampleNote />
      <LiveHead store={store} scope={scope} paused={paused} stale={stale} />
      <ExplainBox asked={trace} onAsk={ask} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 lg:grid-cols-12 [&>*]:scroll-mt-[60px]">
        <Place id="stages" span="lg:col-span-8">
          <ChartPanel spec={STAGES_PANEL} height={194} stale={stale} />
        </Place>
        <Place id="outcome" span="lg:col-span-4">
          <ChartPanel spec={OUTCOME_PANEL} height={194} stale={stale} />
        </Place>
        <Place id="latency" span="lg:col-span-4">
          <ChartPanel spec={LATENCY_PANEL} stale={stale} />
        </Place>
        <Place id="queue" span="lg:col-span-4">
          <ChartPanel spec={QUEUE_PANEL} stale={stale} />
        </Place>
        <Place id="memory" span="lg:col-span-4">
          <ChartPanel spec={MEMORY_PANEL} stale={stale} />
        </Place>
        {DELIVERY_PLACES.map(([which, span]) => (
          <Place key={which} id={which} span={span}>
            <Suspense fallback={<Skeleton className="h-[230px] w-full rounded-panel" />}>
              <DeliveryPanel which={which} scope={scope} stale={stale} />
            </Suspense>
          </Place>
        ))}
        {tracePanels &&
          TRACE_PLACES.map(([which, span]) => (
            <Place key={which} id={which} span={span}>
              <Suspense fallback={<Skeleton className="h-[230px] w-full rounded-panel" />}>
                <TracePanel which={which} stale={stale} />
              </Suspense>
            </Place>
          ))}
        <Place id="cost" span="lg:col-span-6">
          <ChartPanel spec={COST_PANEL} stale={stale} controls={<PricePopover />} />
        </Place>
        <Place id="cpu" span="lg:col-span-6">
          <ChartPanel spec={CPU_PANEL} stale={stale} />
        </Place>
        <Place id="collectors" span="lg:col-span-12">
          <Suspense fallback={<Skeleton className="h-[150px] w-full rounded-panel" />}>
            <CollectorsTable selected={id} paused={paused !== null} />
          </Suspense>
        </Place>
      </div>
    </LiveBoard>
  );
}

function Place({ id, span, children }: { id: string; span: string; children: React.ReactNode }) {
  return (
    <div id={id} className={`flex min-w-0 [&>*]:flex-1 ${span}`}>
      {children}
    </div>
  );
}

/** `t` turns all charts into tables and back. */
function useTablesKey(): boolean {
  const [asTables, setAsTables] = useState(false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "t" || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || document.querySelector("[role=dialog]")) return;
      setAsTables((before) => !before);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  return asTables;
}
