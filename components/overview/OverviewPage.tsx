"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { QueryView } from "../data/QueryView.tsx";
import { useTRPC } from "../data/trpc.ts";
import { useLiveTopic } from "../data/useLive.ts";
import { PageHead } from "../ui/PageHead.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { FirstRun } from "./FirstRun.tsx";
import { RunningOverview } from "./RunningOverview.tsx";

/** Until the first span a guide, from then on the state of things; whoever saw the first span arrive stays in the guide until he leaves it. */
export function OverviewPage() {
  const trpc = useTRPC();
  const firstRun = useQuery(trpc.overview.firstRun.queryOptions());
  const live = useLiveTopic({ kind: "fleet" })?.event;
  const [guided, setGuided] = useState<boolean | null>(null);
  if (guided === null && firstRun.data) setGuided(!firstRun.data.everReceived);
  return (
    <>
      <PageHead title="Overview" />
      <QueryView query={firstRun} what="The overview" skeleton={<OverviewSkeleton />}>
        {(facts) =>
          guided === true ? (
            <FirstRun facts={facts} everReceived={facts.everReceived || live?.everReceived === true} onLeave={() => setGuided(false)} />
          ) : (
            <RunningOverview facts={facts} onGuide={() => setGuided(true)} />
          )
        }
      </QueryView>
    </>
  );
}

function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="mb-4 h-[23px] w-[min(560px,80%)]" />
      <Skeleton className="mb-4 h-[88px] w-full rounded-panel" />
      <Skeleton className="h-[220px] w-full rounded-panel" />
    </div>
  );
}
