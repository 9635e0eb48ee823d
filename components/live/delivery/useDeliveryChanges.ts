"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { DeliveryChange } from "#domain/telemetry/delivery.ts";
import { useTRPC } from "../../data/trpc.ts";
import { useLiveEvents } from "../../data/useLive.ts";
import type { SeriesScope } from "../../data/useSeries.ts";
import { CHANGES_MAX, mergeChanges } from "./mergeChanges.ts";

const NONE: readonly DeliveryChange[] = [];

/** Changes of breakers, logs and memory over 15 minutes, oldest first. Beside `useSeries` of the same scope, which asks for the history that this reads. */
export function useDeliveryChanges(scope: SeriesScope): { changes: readonly DeliveryChange[]; leftOut: number } {
  const trpc = useTRPC();
  const id = scope.kind === "collector" ? scope.id : null;
  const { data } = useQuery(
    trpc.live.history.queryOptions(
      { scope: id === null ? { kind: "fleet" } : { kind: "collector", id } },
      { enabled: false, gcTime: 0, structuralSharing: false },
    ),
  );
  const [heard, setHeard] = useState(NONE);
  useLiveEvents((event) => {
    if (event.kind === "delivery") setHeard((before) => [...before, ...event.changes].slice(-CHANGES_MAX));
  });
  const changes = useMemo(() => {
    const own = id === null ? heard : heard.filter((change) => change.collectorId === id);
    return mergeChanges(data?.changes ?? NONE, own);
  }, [data, heard, id]);
  return { changes, leftOut: data?.changesLeftOut ?? 0 };
}
