"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/data/trpc.ts";
import type { CollectorDelivery } from "#domain/telemetry/delivery.ts";

/** What came live, else what the history (which `useSeries` asks for) says was last: an offline collector keeps what it said, with its time. */
export function useLastDelivery(id: string, live: CollectorDelivery | undefined): { delivery: CollectorDelivery | null; loading: boolean } {
  const trpc = useTRPC();
  const { data, isFetching } = useQuery(
    trpc.live.history.queryOptions({ scope: { kind: "collector", id } }, { enabled: false, gcTime: 0, structuralSharing: false }),
  );
  return { delivery: live ?? data?.delivery ?? null, loading: live === undefined && data === undefined && isFetching };
}
