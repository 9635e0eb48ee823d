"use client";

import { useQuery } from "@tanstack/react-query";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { CollectorGrid } from "../grid/CollectorGrid.tsx";

const ASK_AGAIN_MS = 1_000;
/** Of a large group the list is long, and its states change slowly as a whole. */
const ASK_AGAIN_LARGE_MS = 3_000;
const LARGE = 1_000;

export function CollectorsPanel({ view: { number, endedAtMs, collectors } }: { view: Pick<RolloutView, "number" | "endedAtMs" | "collectors"> }) {
  const trpc = useTRPC();
  const live = endedAtMs === null;
  const everyMs = collectors > LARGE ? ASK_AGAIN_LARGE_MS : ASK_AGAIN_MS;
  const list = useQuery(trpc.rollouts.collectors.queryOptions({ number }, { staleTime: 0, refetchInterval: live ? everyMs : false }));
  return (
    <Panel title="Collectors">
      <QueryView query={list} what="The list of collectors" skeleton={<Skeleton className="h-[80px] w-full" />}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title="The group has no collector">The first one that its selector matches gets what the group runs.</EmptyState>
          ) : (
            <CollectorGrid collectors={rows} />
          )
        }
      </QueryView>
    </Panel>
  );
}
