"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/data/trpc.ts";
import { useLiveTopic } from "#components/data/useLive.ts";

/** All collectors: asked for once, then second by second from the live stream. */
export function useFleetRows() {
  const trpc = useTRPC();
  const list = useQuery(trpc.fleet.list.queryOptions());
  const live = useLiveTopic({ kind: "collectors" });
  return { list, rows: live?.event.rows ?? list.data };
}
