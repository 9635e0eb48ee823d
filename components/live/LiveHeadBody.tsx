"use client";

import { useSyncExternalStore } from "react";
import { verdict } from "#domain/telemetry/verdict.ts";
import type { SeriesStore, SeriesView } from "../data/seriesStore.ts";
import { useLiveTopic } from "../data/useLive.ts";
import type { SeriesScope } from "../data/useSeries.ts";
import { ButtonLink } from "../ui/Button.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { FigureStrip } from "../ui/FigureStrip.tsx";
import { figures } from "./figures.ts";
import { HeadSkeleton } from "./HeadSkeleton.tsx";
import { VerdictLine } from "./VerdictLine.tsx";

export type LiveHeadProps = { store: SeriesStore; scope: SeriesScope; paused?: SeriesView | null; stale: boolean };

/** Verdict and strip, once a second. */
export function LiveHeadBody({ store, scope, paused = null, stale }: LiveHeadProps) {
  const live = useSyncExternalStore(store.subscribe, store.view, store.view);
  const own = useLiveTopic(scope);
  const fleet = useLiveTopic({ kind: "fleet" })?.event;
  const collectors = useLiveTopic({ kind: "collectors" })?.event;
  const view = paused ?? live;
  if (collectors === undefined || (own === undefined && !live.loaded)) return <HeadSkeleton />;

  const one = scope.kind === "collector" ? collectors.rows.find((row) => row.id === scope.id) : undefined;
  if (scope.kind === "collector" && one === undefined) {
    return (
      <EmptyState title="There is no such collector" actions={<ButtonLink href="/live">The whole fleet</ButtonLink>}>
        The address may be old, or the collector was removed from the fleet.
      </EmptyState>
    );
  }
  const ledger = own?.event.ledger ?? null;
  const sentence = verdict({
    ...view,
    rows: scope.kind === "fleet" ? collectors.rows : one ? [one] : [],
    ledger,
    reasons: own?.event.kind === "collector" ? own.event.delivery : own?.event.reasons,
    everReceived: scope.kind === "collector" || (fleet?.everReceived ?? true),
    subject: scope.kind === "fleet" ? scope : { kind: "collector", name: one?.name ?? "This collector" },
  });
  return (
    <>
      <VerdictLine verdict={sentence} search={scope.kind === "collector" ? `?collector=${encodeURIComponent(scope.id)}` : ""} />
      <FigureStrip label="Figures of now" figures={figures(view, ledger, own?.receivedAtMs ?? 0)} dimmed={stale} />
    </>
  );
}
