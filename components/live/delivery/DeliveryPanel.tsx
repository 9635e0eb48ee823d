"use client";

import type { LiveTopic } from "#domain/telemetry/live.ts";
import { ChartPanel } from "../../charts/ChartPanel.tsx";
import { useLiveTopic } from "../../data/useLive.ts";
import type { SeriesScope } from "../../data/useSeries.ts";
import { Panel } from "../../ui/Panel.tsx";
import { SkeletonRows } from "../../ui/Skeleton.tsx";
import { BATCH_PANEL, BREAKERS_PANEL, LOG_PANEL, REASONS_PANEL } from "./deliveryPanels.ts";
import { ReasonsTable } from "./ReasonsTable.tsx";

/** The panels about delivery; the page gives them their places, and loads them after its first paint. */
export function DeliveryPanel({ which, scope, stale }: { which: "breakers" | "log" | "batch" | "reasons" | "by-reason"; scope: SeriesScope; stale: boolean }) {
  switch (which) {
    case "breakers":
      return <ChartPanel spec={BREAKERS_PANEL} stale={stale} />;
    case "log":
      return <ChartPanel spec={LOG_PANEL} stale={stale} />;
    case "batch":
      return <ChartPanel spec={BATCH_PANEL} stale={stale} />;
    case "reasons":
      return <ChartPanel spec={REASONS_PANEL} stale={stale} />;
    case "by-reason":
      return <ByReason scope={scope} />;
  }
}

function ByReason({ scope }: { scope: SeriesScope }) {
  const heard = useLiveTopic<LiveTopic>(scope)?.event;
  const reasons = heard?.kind === "fleet" ? heard.reasons : heard?.kind === "collector" ? heard.delivery : undefined;
  return (
    <Panel title="By reason" flush aside={<span className="text-s text-ink-3">rates of the last 10 s</span>} bodyClassName="max-h-[200px] overflow-y-auto">
      {reasons === undefined ? <SkeletonRows rows={3} columns={4} /> : <ReasonsTable reasons={reasons} />}
    </Panel>
  );
}
