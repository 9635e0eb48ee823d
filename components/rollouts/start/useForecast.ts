"use client";

import { useQueries, useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/data/trpc.ts";
import { forecastOfComparison } from "#domain/fleet/rollout/forecastOfComparison.ts";
import { forecastOfEstimate } from "#domain/fleet/rollout/forecastOfEstimate.ts";
import type { KeptShareForecast, RolloutChange } from "#domain/fleet/rollout/rolloutView.ts";

/** Traffic of another time of day is other traffic. */
const FRESH_MS = 3_600_000;
/** Fewer spans say too little. */
const SPANS_MIN = 1_000;

/** Comparisons that are looked into: the newest may have found nothing. */
const TRIED_MAX = 3;

/** `overMs`: how much of a recording it is of; null of live traffic. */
export type FoundComparison = { id: string; untilMs: number; overMs: number | null };
export type FoundForecast = { isPending: boolean; forecast: KeptShareForecast | null; comparison: FoundComparison | null };

/**
 * What share a version is expected to keep in a group: from the newest comparison of just this version on the group's own traffic, live or recorded, within the last
 * hour, else from live counts. The gate of the kept share holds what comes against it.
 */
export function useForecast(change: RolloutChange): FoundForecast {
  const trpc = useTRPC();
  const comparisons = useQuery(trpc.compare.list.queryOptions(undefined, { enabled: change.kind === "policy" }));
  const nowMs = Date.now();
  const fresh = (comparisons.data ?? []).filter(
    ({ policyId, policyVersion, groupId, stoppedAtMs, endsAtMs }) =>
      policyId === change.id && policyVersion === change.version && groupId === change.groupId && nowMs - (stoppedAtMs ?? endsAtMs) < FRESH_MS,
  );
  const compared = useQueries({ queries: fresh.slice(0, TRIED_MAX).map(({ id }) => trpc.compare.get.queryOptions({ id }, { staleTime: 10_000 })) });
  const estimated = useQuery(trpc.revisions.preview.queryOptions(change, { staleTime: 60_000 }));
  // In order, and none is passed over while it is looked into.
  const [found] = compared.filter(({ data, isPending }) => isPending || (data?.forecast ?? NOTHING).basis.spans >= SPANS_MIN);
  if (found?.data?.forecast) {
    const { id, replay, forecast } = found.data;
    const overMs = replay?.read ? replay.read.untilMs - replay.read.fromMs : null;
    return { isPending: false, forecast: forecastOfComparison(forecast), comparison: { id, untilMs: forecast.basis.untilMs, overMs } };
  }
  const isPending = estimated.isPending || (change.kind === "policy" && comparisons.isPending) || found !== undefined;
  return { isPending, forecast: forecastOfEstimate(estimated.data?.estimate ?? null), comparison: null };
}

const NOTHING = { basis: { spans: 0 } };
