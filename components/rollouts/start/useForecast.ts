"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/data/trpc.ts";
import { forecastOfComparison } from "#domain/fleet/rollout/forecastOfComparison.ts";
import { forecastOfEstimate } from "#domain/fleet/rollout/forecastOfEstimate.ts";
import type { KeptShareForecast, RolloutChange } from "#domain/fleet/rollout/rolloutView.ts";

/** Traffic of another time of day is other traffic. */
const FRESH_MS = 3_600_000;
/** Fewer spans say too little. */
const SPANS_MIN = 1_000;

export type FoundForecast = { isPending: boolean; forecast: KeptShareForecast | null; comparison: { id: string; untilMs: number } | null };

/**
 * What share a version is expected to keep in a group: from the newest comparison of just this version on the group's own traffic within the last hour, else from live
 * counts. The gate of the kept share holds what comes against it.
 */
export function useForecast(change: RolloutChange): FoundForecast {
  const trpc = useTRPC();
  const comparisons = useQuery(trpc.compare.list.queryOptions(undefined, { enabled: change.kind === "policy" }));
  const nowMs = Date.now();
  const newest = comparisons.data?.find(
    ({ policyId, policyVersion, groupId, stoppedAtMs, endsAtMs }) =>
      policyId === change.id && policyVersion === change.version && groupId === change.groupId && nowMs - (stoppedAtMs ?? endsAtMs) < FRESH_MS,
  );
  const compared = useQuery(trpc.compare.get.queryOptions({ id: newest?.id ?? "" }, { enabled: newest !== undefined, staleTime: 10_000 }));
  const estimated = useQuery(trpc.revisions.preview.queryOptions(change, { staleTime: 60_000 }));
  const forecast = compared.data?.forecast ?? null;
  if (newest && forecast && forecast.basis.spans >= SPANS_MIN) {
    return { isPending: false, forecast: forecastOfComparison(forecast), comparison: { id: newest.id, untilMs: forecast.basis.untilMs } };
  }
  const isPending = estimated.isPending || (change.kind === "policy" && comparisons.isPending) || (newest !== undefined && compared.isPending);
  return { isPending, forecast: forecastOfEstimate(estimated.data?.estimate ?? null), comparison: null };
}
