"use client";

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useLiveTopic } from "#components/data/useLive.ts";
import { useMay } from "#components/data/useMe.ts";
import { formatBytes, splitBytes } from "#components/format/formatBytes.ts";
import { formatAge, formatDate, splitMs } from "#components/format/formatDuration.ts";
import { formatCount, formatPercent, formatRate } from "#components/format/formatNumber.ts";
import { CollectorRolloutNote } from "#components/rollouts/elsewhere/CollectorRolloutNote.tsx";
import { ButtonLink } from "#components/ui/Button.tsx";
import { SampleChip } from "#components/ui/Chip.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { FigureStrip } from "#components/ui/FigureStrip.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { YamlText } from "#components/versions/YamlText.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { CollectorActions } from "./CollectorActions.tsx";
import { CollectorFacts } from "./CollectorFacts.tsx";
import { CollectorGroupPanel } from "./CollectorGroupPanel.tsx";
import { CollectorStateChip, ConfigStateChip, DeliveryChip } from "./CollectorStateChip.tsx";
import { ConfigReports } from "./ConfigReports.tsx";
import { keptShare, queueShare } from "./fleetRows.ts";
import { inReadingOrder } from "./inReadingOrder.ts";
import { RecordingPanel } from "./RecordingPanel.tsx";
import { RuntimePanel } from "./RuntimePanel.tsx";
import { useNow } from "./useNow.ts";

// Tables and charts of delivery come after what the page is about.
const DeliverySection = lazy(async () => ({ default: (await import("./delivery/DeliverySection.tsx")).DeliverySection }));

/** One collector: its figures, what it runs, what it said about the configurations it was given. */
export function CollectorPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const nowMs = useNow();
  const mayAdmin = useMay("admin");
  const collector = useQuery(trpc.fleet.get.queryOptions({ id }));
  const liveRow = useLiveTopic({ kind: "collectors" })?.event.rows.find((candidate) => candidate.id === id);
  return (
    <QueryView query={collector} what="The collector" skeleton={<CollectorSkeleton />}>
      {(data) => {
        const row = liveRow ?? data.row;
        return (
          <>
            <PageHead
              title={row.name}
              crumbs={[{ label: "Fleet", href: "/fleet" }, { label: row.name }]}
              aside={
                <>
                  <CollectorStateChip row={row} nowMs={nowMs} />
                  <DeliveryChip row={row} />
                  <ConfigStateChip row={row} />
                  {row.sampleShare !== null && row.sampleShare > 0 && <SampleChip share={row.sampleShare} />}
                </>
              }
              sub={`Version ${row.version} · ${row.state === "online" && row.connectedSinceMs !== null ? `connected for ${formatAge(nowMs - row.connectedSinceMs)}` : row.lastSeenMs === null ? "never seen" : `last seen ${formatDate(row.lastSeenMs)}`}`}
              actions={
                <>
                  <ButtonLink href={`/live?collector=${encodeURIComponent(id)}`}>Watch on Live</ButtonLink>
                  {mayAdmin && <CollectorActions id={id} name={row.name} state={row.state} credentialRevokedAtMs={data.credentialRevokedAtMs} />}
                </>
              }
            />
            {row.configState === "failed" && row.configProblem !== null && (
              <Note tone="bad" role="status" className="mb-3">
                <b>It refused the newest configuration</b> and runs what it ran before. {row.configProblem}
              </Note>
            )}
            {data.credentialRevokedAtMs !== null && (
              <Note tone="warn" role="status" className="mb-3">
                <b>Its credential was revoked {formatDate(data.credentialRevokedAtMs)}.</b> It goes on forwarding under its last good configuration, but can't
                connect until it enrols again.
              </Note>
            )}
            <CollectorRolloutNote rollout={row.rollout} />
            <FigureStrip label="Right now" figures={figures(row)} dimmed={row.state === "stale"} />
            <Suspense fallback={<Skeleton className="mb-3 h-[760px] w-full rounded-panel" />}>
              <DeliverySection row={row} nowMs={nowMs} />
            </Suspense>
            <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 lg:grid-cols-2">
              <div className="flex min-w-0 flex-col gap-3">
                <RuntimePanel row={row} />
                <RecordingPanel row={row} nowMs={nowMs} />
                <CollectorFacts row={row} own={data.ownLabels} instanceUid={data.instanceUid} enrolledAtMs={data.enrolledAtMs} tokenName={data.tokenName} />
                <ConfigReports reports={data.reports} />
              </div>
              <div className="flex min-w-0 flex-col gap-3">
                <CollectorGroupPanel row={row} override={data.override} documents={data.documents} nowMs={nowMs} />
                <Panel title="Effective configuration" aside={<span className="text-s text-ink-3">as it reported; header values are left out</span>}>
                  {data.effectiveConfig === null || data.effectiveConfig === undefined ? (
                    <EmptyState title="It has not reported its configuration yet">It does so right after it connects.</EmptyState>
                  ) : (
                    <YamlText value={inReadingOrder(data.effectiveConfig)} what="the configuration" />
                  )}
                </Panel>
              </div>
            </div>
          </>
        );
      }}
    </QueryView>
  );
}

function figures(row: CollectorRow) {
  const p99 = splitMs(row.ackP99Ms);
  const memory = splitBytes(row.rssBytes);
  return [
    { label: "In", value: formatRate(row.receivedPerS), unit: row.receivedPerS === null ? undefined : "spans/s" },
    {
      label: "Kept",
      value: formatRate(row.keptPerS),
      unit: row.keptPerS === null ? undefined : "spans/s",
      below: keptShare(row) === null ? undefined : `${formatPercent(keptShare(row))} of what comes in`,
    },
    { label: "P99 acknowledgement", value: p99.value, unit: p99.unit },
    {
      label: "Queue",
      value: formatCount(row.queueSpans),
      unit: row.queueSpans === null ? undefined : "spans",
      below: queueShare(row) === null ? undefined : `${formatPercent(queueShare(row))} of ${formatCount(row.queueCapacitySpans)}`,
    },
    {
      label: "Memory",
      value: memory.value,
      unit: memory.unit,
      below:
        row.archiveBytes === null || row.archiveBytesMax === null
          ? undefined
          : `archive ${formatBytes(row.archiveBytes)} of ${formatBytes(row.archiveBytesMax)}`,
    },
  ];
}

function CollectorSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-[28px] w-[220px]" />
      <Skeleton className="mt-4 h-[88px] w-full rounded-panel" />
      <Skeleton className="mt-4 h-[320px] w-full rounded-panel" />
    </div>
  );
}
