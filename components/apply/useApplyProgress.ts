"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "#components/data/trpc.ts";
import { useLiveEvents } from "#components/data/useLive.ts";
import { overlayReports, type ReportEvent, summariseApply } from "./applyProgress.ts";

const ASK_AGAIN_MS = 2000;

/** How far each collector is with a revision: the list once, then each report as it comes. Asked again now and then in case the stream is lost. */
export function useApplyProgress(revision: number | null, startedAtMs: number | null) {
  const trpc = useTRPC();
  const [reports, setReports] = useState<ReadonlyMap<string, ReportEvent>>(new Map());
  const [tookMs, setTookMs] = useState<number | null>(null);
  useLiveEvents((event) => {
    if (event.kind === "configReport" && event.revision === revision) setReports((before) => new Map(before).set(event.collectorId, event));
  });
  const status = useQuery(
    trpc.revisions.status.queryOptions(
      { revision: revision ?? 0 },
      {
        enabled: revision !== null,
        staleTime: 0,
        refetchInterval: (query) => (query.state.data && summariseApply(query.state.data.collectors).done ? false : ASK_AGAIN_MS),
      },
    ),
  );
  const collectors = status.data ? overlayReports(status.data.collectors, reports) : null;
  const summary = collectors ? summariseApply(collectors) : null;
  const done = summary?.done === true;
  useEffect(() => {
    if (done && startedAtMs !== null) setTookMs((before) => before ?? performance.now() - startedAtMs);
  }, [done, startedAtMs]);
  return { status, collectors, summary, tookMs };
}
