"use client";

import { useMemo } from "react";
import { ChartPanel } from "#components/charts/ChartPanel.tsx";
import { LiveBoard } from "#components/charts/liveBoard.tsx";
import { describeError } from "#components/data/describeError.ts";
import { useLiveTopic } from "#components/data/useLive.ts";
import { type SeriesScope, useSeries } from "#components/data/useSeries.ts";
import { formatAge } from "#components/format/formatDuration.ts";
import { changeMarkers } from "#components/live/delivery/changeWords.ts";
import { BREAKERS_PANEL, LOG_PANEL } from "#components/live/delivery/deliveryPanels.ts";
import { ReasonsTable } from "#components/live/delivery/ReasonsTable.tsx";
import { useDeliveryChanges } from "#components/live/delivery/useDeliveryChanges.ts";
import { MEMORY_PANEL, QUEUE_PANEL } from "#components/live/panels.ts";
import { useRevisionMarkers } from "#components/live/useRevisionMarkers.ts";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { ChangeList } from "./ChangeList.tsx";
import { DestinationTable } from "./DestinationTable.tsx";
import { LedgerLine } from "./LedgerLine.tsx";
import { SignalTable } from "./SignalTable.tsx";
import { useLastDelivery } from "./useLastDelivery.ts";

const STALE_AFTER_MS = 15_000;

/** What becomes of kept spans after they were kept: destinations, what changed lately, what was turned away or lost. */
export function DeliverySection({ row, nowMs }: { row: CollectorRow; nowMs: number }) {
  const { id } = row;
  const scope = useMemo<SeriesScope>(() => ({ kind: "collector", id }), [id]);
  const { store, error, retry } = useSeries(scope);
  const heard = useLiveTopic({ kind: "collector", id })?.event;
  const { delivery, loading } = useLastDelivery(id, heard?.delivery);
  const { changes, leftOut } = useDeliveryChanges(scope);
  const revisions = useRevisionMarkers();
  const markers = useMemo(() => [...revisions, ...changeMarkers(changes, false)], [revisions, changes]);
  const stale = delivery !== null && nowMs - delivery.atMs > STALE_AFTER_MS;
  const routes = (delivery?.destinations.length ?? 0) > 1;
  return (
    <LiveBoard series={store} paused={null} markers={markers} asTables={false}>
      <div className="mb-3 flex min-w-0 flex-col gap-3">
        {error !== null && (
          <Note tone="warn" role="status" action={<Button onClick={retry}>Try again</Button>}>
            The last 15 minutes of delivery could not be loaded; what is shown begins now. {describeError(error).message}
          </Note>
        )}
        <Panel
          title="Delivery"
          flush
          aside={
            delivery !== null && (
              <span className={stale ? "text-s text-warn" : "text-s text-ink-3"}>
                {stale ? `▲ as of ${formatAge(nowMs - delivery.atMs)} ago` : routes ? "" : "one destination; routes can send tiers elsewhere"}
              </span>
            )
          }
        >
          {delivery !== null ? (
            <div className={stale ? "[&_td]:text-ink-3" : undefined}>
              <DestinationTable destinations={delivery.destinations} nowMs={stale ? delivery.atMs : nowMs} />
              {heard?.ledger && <LedgerLine ledger={heard.ledger} />}
              {delivery.signals.length > 0 && (
                <div className="border-t border-line">
                  <SignalTable signals={delivery.signals} />
                </div>
              )}
            </div>
          ) : loading ? (
            <SkeletonRows rows={2} columns={7} />
          ) : error !== null ? (
            <EmptyState title="Not known at the moment">It comes with the collector's next measurement, within some seconds.</EmptyState>
          ) : (
            <EmptyState title={row.state === "offline" ? "It is offline, and has said nothing since this server started" : "It has not measured anything yet"}>
              Breakers, retries, queue and write-ahead log of each destination stand here as soon as it reports.
            </EmptyState>
          )}
        </Panel>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3 lg:grid-cols-2">
          <ChartPanel spec={BREAKERS_PANEL} stale={stale} />
          <ChartPanel spec={QUEUE_PANEL} stale={stale} />
          <ChartPanel spec={LOG_PANEL} stale={stale} />
          <ChartPanel spec={MEMORY_PANEL} stale={stale} />
          <Panel title="Changes" flush aside={<span className="text-s text-ink-3">15 minutes</span>} bodyClassName="max-h-[320px] overflow-y-auto">
            {loading ? <SkeletonRows rows={3} columns={3} /> : <ChangeList changes={changes} leftOut={leftOut} />}
          </Panel>
          <Panel title="Refused and dropped" flush aside={<span className="text-s text-ink-3">rates of the last 10 s</span>}>
            {delivery !== null ? (
              <ReasonsTable reasons={delivery} />
            ) : loading ? (
              <SkeletonRows rows={3} columns={4} />
            ) : (
              <EmptyState title="Nothing was said of it yet" />
            )}
          </Panel>
        </div>
      </div>
    </LiveBoard>
  );
}
