"use client";

import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { ListFilter } from "#components/ui/ListFilter.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { CollectorGrid } from "../grid/CollectorGrid.tsx";
import { CollectorList } from "./CollectorList.tsx";
import { type CollectorFilter, isFilter } from "./collectorFilter.ts";

const ASK_AGAIN_MS = 1_000;
/** Of a large group the states change slowly as a whole. */
const ASK_AGAIN_LARGE_MS = 3_000;
const LARGE = 1_000;

type CollectorsPanelProps = {
  view: Pick<RolloutView, "number" | "endedAtMs" | "collectors">;
  filter: CollectorFilter;
  onFilter: (filter: CollectorFilter) => void;
};

export function CollectorsPanel({ view: { number, endedAtMs, collectors }, filter, onFilter }: CollectorsPanelProps) {
  const trpc = useTRPC();
  const everyMs = endedAtMs !== null ? false : collectors > LARGE ? ASK_AGAIN_LARGE_MS : ASK_AGAIN_MS;
  const cells = useQuery(trpc.rollouts.collectors.queryOptions({ number }, { staleTime: 0, refetchInterval: everyMs }));
  const asked = useDeferredValue(filter);
  return (
    <Panel
      title="Collectors"
      actions={
        <ListFilter
          label="Filter collectors"
          placeholder="Find by name"
          value={filter.search}
          onChange={(search) => onFilter({ ...filter, search: search.slice(0, 128) })}
        />
      }
    >
      <QueryView query={cells} what="The list of collectors" skeleton={<Skeleton className="h-[80px] w-full" />}>
        {(sent) =>
          sent.states === "" ? (
            <EmptyState title="The group has no collector">The first one that its selector matches gets what the group runs.</EmptyState>
          ) : (
            <>
              <CollectorGrid number={number} cells={sent} state={filter.state} onState={(state) => onFilter({ ...filter, state })} />
              {isFilter(asked) && <CollectorList number={number} everyMs={everyMs} filter={asked} onFilter={onFilter} />}
            </>
          )
        }
      </QueryView>
    </Panel>
  );
}
