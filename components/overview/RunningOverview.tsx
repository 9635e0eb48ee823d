"use client";

import { useMemo } from "react";
import { describeError } from "../data/describeError.ts";
import { type SeriesScope, useSeries } from "../data/useSeries.ts";
import { LiveHead } from "../live/LiveHead.tsx";
import { SampleNote } from "../live/SampleNote.tsx";
import { StaleNote } from "../live/StaleNote.tsx";
import { useStale } from "../live/useStale.ts";
import { LiveRollouts } from "../rollouts/elsewhere/LiveRollouts.tsx";
import { Button, ButtonLink } from "../ui/Button.tsx";
import { Note } from "../ui/Note.tsx";
import { CollectorsByState } from "./CollectorsByState.tsx";
import type { FirstRunFacts } from "./firstRunFacts.ts";
import { LatestRevisions } from "./LatestRevisions.tsx";
import { OutcomePanel } from "./OutcomePanel.tsx";
import { RunningNow } from "./RunningNow.tsx";

const FLEET: SeriesScope = { kind: "fleet" };

/** How things stand: the verdict, five figures, what becomes of the spans, who runs what, and what changed last. */
export function RunningOverview({ facts, onGuide }: { facts: FirstRunFacts; onGuide: () => void }) {
  const { store, error, retry } = useSeries(FLEET);
  const staleSince = useStale(useMemo(() => FLEET, []));
  return (
    <>
      {staleSince !== null && (
        <p className="mb-2">
          <StaleNote sinceMs={staleSince} />
        </p>
      )}
      {error !== null && (
        <Note tone="warn" role="status" className="mb-3" action={<Button onClick={retry}>Try again</Button>}>
          The last 15 minutes could not be loaded; figures begin now. {describeError(error).message}
        </Note>
      )}
      <SampleNote />
      <LiveHead store={store} scope={FLEET} stale={staleSince !== null} />
      <LiveRollouts className="mb-3" />
      <NextStep facts={facts} onGuide={onGuide} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 lg:grid-cols-12">
        <OutcomePanel store={store} className="lg:col-span-7" />
        <CollectorsByState className="lg:col-span-5" />
        <LatestRevisions className="lg:col-span-7" />
        <RunningNow className="lg:col-span-5" archive={facts.archive} />
      </div>
    </>
  );
}

function NextStep({ facts, onGuide }: { facts: FirstRunFacts; onGuide: () => void }) {
  if (facts.policyTouched && facts.destinationTouched) return null;
  return (
    <Note
      className="mb-4"
      action={
        <>
          <Button variant="ghost" onClick={onGuide}>
            All steps
          </Button>
          {facts.policyTouched ? (
            <ButtonLink href="/destination">Add an OTLP backend…</ButtonLink>
          ) : (
            <ButtonLink variant="primary" href="/sampling/new?from=four-tiers">
              Edit the four tiers
            </ButtonLink>
          )}
        </>
      }
    >
      <b>Next: {facts.policyTouched ? "say where kept traces go." : "choose what to keep."}</b>{" "}
      <span className="text-ink-2">
        {facts.policyTouched
          ? "Until you do, they are kept in this machine's archive."
          : "Everything is kept now. Start from four tiers: all errors, everything slow, half of the important, one in a hundred of the rest."}
      </span>
    </Note>
  );
}
