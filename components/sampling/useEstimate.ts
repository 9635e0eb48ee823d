"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/data/trpc.ts";
import { useLiveTopic } from "#components/data/useLive.ts";
import { estimateChange } from "#domain/sampling/estimateChange.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { useRunningPolicy } from "./useRunningPolicy.ts";

/** What a policy would do to the traffic of this moment, from the live counts of the tiers that run; anew each second. */
export function useEstimate(candidate: SamplingPolicy | null) {
  const trpc = useTRPC();
  const { hasGroups, running, body } = useRunningPolicy();
  const fleet = useLiveTopic({ kind: "fleet" })?.event;
  const price = useQuery(trpc.prices.get.queryOptions()).data;
  const live = fleet?.tiers ?? [];
  const estimate =
    candidate !== null && body !== undefined && live.length > 0
      ? estimateChange({
          running: body,
          live,
          candidate,
          collectors: fleet?.point.reporting,
          ...(price && fleet ? { price: { price, collectors: fleet.point.reporting } } : {}),
        })
      : null;
  const matchedPerS = live.reduce((sum, rate) => sum + rate.matchedPerS, 0);
  return { estimate, hasGroups, price, running, live, matchedPerS, hasCounts: live.length > 0, sampleShare: fleet?.point.sampleShare ?? 0 };
}
