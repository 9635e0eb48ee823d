"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { formatClock, formatDate } from "#components/format/formatDuration.ts";
import { NOUNS, PLACES } from "#components/rollouts/documentPlaces.ts";
import { CopyButton } from "#components/ui/CopyButton.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import type { Gate } from "#domain/fleet/rollout/rollout.ts";
import { GATES } from "#domain/fleet/rollout/rollout.ts";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { GateTable } from "../GateTable.tsx";
import { changeWords, phaseWords } from "../phaseWords.ts";
import { stageName } from "../plan/planWords.ts";
import { RolloutLog } from "../RolloutLog.tsx";
import { rolloutVerdict } from "../rolloutVerdict.ts";
import { StageTrack } from "../StageTrack.tsx";
import { ChartPanel } from "./ChartPanel.tsx";
import { CollectorsPanel } from "./CollectorsPanel.tsx";
import { type CollectorFilter, NO_FILTER } from "./collectorFilter.ts";
import { EvidencePanel } from "./EvidencePanel.tsx";
import { FailuresPanel } from "./FailuresPanel.tsx";
import { OutcomePanel } from "./OutcomePanel.tsx";
import { PlanPanel } from "./PlanPanel.tsx";
import { RolloutActions } from "./RolloutActions.tsx";
import { reportText } from "./reportText.ts";
import { useServerNow } from "./useServerNow.ts";

/** While it is live; what the server says of it is asked for this often. */
export const ASK_AGAIN_MS = 1_000;
const COLLECTORS_ID = "collectors";

/** What was measured last comes in after its end. */
const ASK_AGAIN_ENDED_MS = 5_000;
const SETTLED_MS = 90_000;

function askAgainMs(view: RolloutView | undefined): number | false {
  if (view === undefined) return false;
  if (view.endedAtMs === null) return ASK_AGAIN_MS;
  return view.nowMs - view.endedAtMs < SETTLED_MS && ASK_AGAIN_ENDED_MS;
}

/** One rollout: what is so, its stages, gates, collectors and log. `?metric=` chooses the chart. */
export function RolloutPage({ number }: { number: number }) {
  const trpc = useTRPC();
  const rollout = useQuery(trpc.rollouts.get.queryOptions({ number }, { staleTime: 0, refetchInterval: ({ state }) => askAgainMs(state.data) }));
  return (
    <QueryView query={rollout} what="The rollout" skeleton={<RolloutSkeleton />}>
      {(view) => <Loaded view={view} />}
    </QueryView>
  );
}

function Loaded({ view }: { view: RolloutView }) {
  const nowMs = useServerNow(view.nowMs);
  const [metric, setMetric] = useMetric(view);
  const [filter, setFilter] = useState(NO_FILTER);
  const show = (wanted: CollectorFilter) => {
    setFilter(wanted);
    document.getElementById(COLLECTORS_ID)?.scrollIntoView({ block: "nearest" });
  };
  const { tone, word } = phaseWords(view);
  const stageNames = view.stages.map((_, at) => stageName(view, at).toLowerCase());
  return (
    <>
      <PageHead
        title={`Rollout ${view.number}`}
        crumbs={[{ label: "Rollouts", href: "/rollouts" }, { label: String(view.number) }]}
        aside={<StatusChip tone={tone}>{word}</StatusChip>}
        actions={
          <>
            <CopyButton text={reportText(view, nowMs)} label="Copy report" className="h-[30px] px-2.5 text-base" />
            <RolloutActions view={view} />
          </>
        }
      />
      <Subject view={view} />
      <p data-slot="verdict" data-phase={view.phase} className="num mt-1.5 mb-4 max-w-[92ch] text-l">
        {rolloutVerdict(view, nowMs).map((piece, at) => {
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a sentence have no identity but their place
          return typeof piece === "string" ? piece : <b key={at}>{piece.strong}</b>;
        })}
      </p>
      {view.message !== null && view.message !== "" && (
        <p className="-mt-2 mb-4 max-w-[92ch] break-words text-ink-2">
          {view.authorName}: “{view.message}”
        </p>
      )}
      <StageTrack head={view} nowMs={nowMs} />
      {view.heldBy !== null && view.endedAtMs === null && (
        <Note tone="warn" role="status" className="mb-3">
          <b>No stage opens now:</b> {view.heldBy}. What is open is watched all the same.
        </Note>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 lg:grid-cols-12">
        <div className="flex min-w-0 flex-col gap-3 lg:col-span-7">
          <Panel title="Gates" flush aside={<GatesAside view={view} />}>
            <GateTable gates={view.gates} forecast={view.forecast} chosen={metric} onChoose={setMetric} />
          </Panel>
          <ChartPanel view={view} metric={metric} onMetric={setMetric} stageNames={stageNames} />
          <EvidencePanel evidence={view.evidence} />
          <OutcomePanel view={view} />
        </div>
        <div className="flex min-w-0 flex-col gap-3 lg:col-span-5">
          <FailuresPanel failures={view.failures} leftOut={view.failuresLeftOut} onShow={show} />
          <div id={COLLECTORS_ID}>
            <CollectorsPanel view={view} filter={filter} onFilter={setFilter} />
          </div>
          <Panel title="What happened" flush>
            <RolloutLog view={view} onShow={show} />
          </Panel>
          <PlanPanel view={view} />
        </div>
      </div>
    </>
  );
}

function Subject({ view }: { view: RolloutView }) {
  const place = `${PLACES[view.kind]}/${view.document.id}/versions/${view.toVersion}`;
  const ended = view.endedAtMs === null ? "" : ` · ${view.phase === "completed" ? "completed" : "rolled back"} ${formatClock(view.endedAtMs, true)}`;
  return (
    <p className="num -mt-2 text-s text-ink-2">
      {NOUNS[view.kind]}{" "}
      <Link href={place} className="underline decoration-line-strong underline-offset-[3px] hover:decoration-current">
        {changeWords(view)}
      </Link>{" "}
      · group{" "}
      <Link href={`/groups/${view.group.id}`} className="underline decoration-line-strong underline-offset-[3px] hover:decoration-current">
        {view.group.name}
      </Link>{" "}
      · started {formatDate(view.startedAtMs)} by {view.authorName}
      {view.approverName !== null && `, approved by ${view.approverName}`}
      {ended}
    </p>
  );
}

function GatesAside({ view }: { view: RolloutView }) {
  const at = view.stages.findIndex(({ state }) => state === "applying" || state === "baking" || state === "back");
  if (at >= 0) return <span className="text-s text-ink-3">in stage {at + 1}</span>;
  return <span className="text-s text-ink-3">{view.endedAtMs === null ? "" : "as they stood at the end"}</span>;
}

/** Of the address, else the gate that took it back, else P99. */
function useMetric(view: RolloutView): readonly [Gate, (gate: Gate) => void] {
  const asked = useSearchParams().get("metric");
  const metric = GATES.find((gate) => gate === asked) ?? view.evidence?.gate ?? "p99";
  const set = (gate: Gate) => {
    const search = new URLSearchParams(window.location.search);
    search.set("metric", gate);
    window.history.replaceState(null, "", `?${search}`);
  };
  return [metric, set];
}

function RolloutSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-[28px] w-[180px]" />
      <Skeleton className="mt-3 h-[23px] w-[min(640px,90%)]" />
      <Skeleton className="mt-4 h-[62px] w-full rounded-panel" />
      <Skeleton className="mt-3 h-[300px] w-full rounded-panel" />
    </div>
  );
}
