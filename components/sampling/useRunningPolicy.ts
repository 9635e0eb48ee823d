"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/data/trpc.ts";

/**
 * Which policy version collectors are told to run, with its tiers; `body` is undefined until it is known, and where groups run different ones: then the
 * fleet's counts are of no single policy.
 */
export function useRunningPolicy() {
  const trpc = useTRPC();
  const current = useQuery(trpc.revisions.current.queryOptions());
  const running = current.data?.policy;
  const version = useQuery(
    trpc.policies.version.queryOptions(
      { id: running?.id ?? "", number: running?.version ?? 1 },
      { enabled: running !== undefined, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const hasGroups = current.data !== undefined && current.data.groups > 1;
  return {
    hasGroups,
    running,
    body: hasGroups ? undefined : version.data?.body,
    collectors: current.data ? { inSync: current.data.inSync, total: current.data.total } : undefined,
  };
}
