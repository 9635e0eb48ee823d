"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Marker } from "../charts/liveBoard.tsx";
import { useTRPC } from "../data/trpc.ts";

/** Revisions as marked moments in the charts: what somebody changed stands where its effect shows. */
export function useRevisionMarkers(): readonly Marker[] {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.revisions.list.queryOptions());
  return useMemo(() => (data ?? []).slice(0, 12).map((revision) => ({ atMs: revision.createdAtMs, label: `revision ${revision.revision}` })), [data]);
}
