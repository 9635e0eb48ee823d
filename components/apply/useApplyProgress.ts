"use client";

import { useQueries } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "#components/data/trpc.ts";
import { useLiveEvents } from "#components/data/useLive.ts";
import { overlayReports, type ReportEvent, summariseApply } from "./applyProgress.ts";

const ASK_AGAIN_MS = 2000;

/** How far each collector is with the revisions of one apply: the lists once, then each report as it comes. Asked again now and then in case the stream is lost. */
export function useApplyProgress(revisions: readonly number[], startedAtMs: number) {
  const trpc = useTRPC();
  const [reports, setReports] = useState<ReadonlyMap<string, ReportEvent>>(new Map());
  const [tookMs, setTookMs] = useState<number | null>(null);
  useLiveEvents((event) => {
    if (event.kind === "configReport" && revisions.includes(event.revision)) setReports((before) => new Map(before).set(event.collectorId, event));
  });
  const statuses = useQueries({
    queries: revisions.map((revision) =>
      trpc.revisions.status.queryOptions(
        { revision },
        {
          staleTime: 0,
          refetchInterval: (query) => (query.state.data && summariseApply(query.state.data.collectors).done ? false : ASK_AGAIN_MS),
        },
      ),
    ),
  });
  const loaded = statuses.flatMap(({ data }) => data ?? []);
  const collectors =
    loaded.length === revisions.length
      ? overlayReports(
          loaded.flatMap((status) => status.collectors),
          reports,
        )
      : null;
  const summary = collectors ? summariseApply(collectors) : null;
  const done = summary?.done === true;
  useEffect(() => {
    if (done) setTookMs((before) => before ?? performance.now() - startedAtMs);
  }, [done, startedAtMs]);
  const failed = statuses.find(({ isError }) => isError);
  const refetch = () => {
    for (const status of statuses) void status.refetch();
  };
  return { error: failed?.error ?? null, refetch, collectors, summary, tookMs };
}
