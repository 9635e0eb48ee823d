"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { LivePoint, LiveTopic } from "#domain/telemetry/live.ts";
import { useLiveStore } from "./LiveProvider.tsx";
import { createSeriesStore, newestPoint, type SeriesStore } from "./seriesStore.ts";
import { useTRPC } from "./trpc.ts";
import { useLiveConnection } from "./useLive.ts";

export type SeriesScope = { kind: "fleet" } | { kind: "collector"; id: string };

/** A collector that comes back delivers what was missed within some seconds; then history knows more than came live. */
const CATCH_UP_MS = [3_000, 15_000];

function cameBack(before: LivePoint | null, now: LivePoint): boolean {
  return before !== null && (now.reporting > before.reporting || now.atMs - before.atMs > 2_500);
}

/** The last 15 minutes of a scope, kept up to date; history is asked for at first and again after each lost connection. */
export function useSeries(scope: SeriesScope): { store: SeriesStore; error: unknown; retry: () => void } {
  const id = scope.kind === "collector" ? scope.id : null;
  const live = useLiveStore();
  const { epoch } = useLiveConnection();
  const trpc = useTRPC();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scope needs a store of its own
  const store = useMemo(() => createSeriesStore(), [id]);
  const topic = useMemo<LiveTopic>(() => (id === null ? { kind: "fleet" } : { kind: "collector", id }), [id]);
  const history = useQuery(
    trpc.live.history.queryOptions(
      { scope: id === null ? { kind: "fleet" } : { kind: "collector", id } },
      // Big and merged into the store; nothing is gained by keeping the answer or by comparing it with the one before.
      { staleTime: 0, gcTime: 0, refetchOnWindowFocus: false, structuralSharing: false, trpc: { context: { skipBatch: true } } },
    ),
  );
  const { data, refetch, error } = history;

  useEffect(() => {
    const release = live.watch(topic);
    const stop = live.onTopic(topic, () => {
      const heard = live.latest(topic)?.event;
      if (heard?.kind !== "fleet" && heard?.kind !== "collector") return;
      if (cameBack(newestPoint(store.view()), heard.point)) catchUp();
      store.push(heard.point);
    });
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const catchUp = () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      for (const ms of CATCH_UP_MS) timers.add(setTimeout(() => void refetch(), ms));
    };
    return () => {
      for (const timer of timers) clearTimeout(timer);
      stop();
      release();
    };
  }, [live, topic, store, refetch]);

  useEffect(() => {
    if (data) store.load(data);
  }, [data, store]);

  useEffect(() => {
    if (epoch > 0) void refetch();
  }, [epoch, refetch]);

  return { store, error, retry: () => void refetch() };
}
