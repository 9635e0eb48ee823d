"use client";

import { useEffect, useState } from "react";
import { useLiveStore } from "../data/LiveProvider.tsx";
import { useTRPCClient } from "../data/trpc.ts";
import { createTrendStore, type TrendStore } from "./trendStore.ts";

/** History is asked for this many collectors, one after the other; the trends of the rest grow from now on. */
const HISTORIES_MAX = 10;

export function useTrends(ids: readonly string[]): { store: TrendStore /** Changes when history has come. */; loads: number } {
  const [store] = useState(createTrendStore);
  const [loads, setLoads] = useState(0);
  const live = useLiveStore();
  const client = useTRPCClient();
  const key = ids.slice(0, HISTORIES_MAX).join(" ");
  useEffect(
    () =>
      live.onEvent((event) => {
        if (event.kind === "collectors") store.pushRows(event.rows, Date.now());
      }),
    [live, store],
  );
  useEffect(() => {
    let stopped = false;
    const load = async () => {
      for (const id of key.split(" ").filter((one) => one !== "")) {
        if (stopped) return;
        try {
          store.load(id, await client.live.history.query({ scope: { kind: "collector", id } }, { context: { skipBatch: true } }));
          if (!stopped) setLoads((count) => count + 1);
        } catch (error) {
          // A sparkline is an extra: without history it grows from now on, and the table itself stays.
          console.warn("no history for the sparkline of a collector", error);
        }
      }
    };
    void load();
    return () => {
      stopped = true;
    };
  }, [client, store, key]);
  return { store, loads };
}
