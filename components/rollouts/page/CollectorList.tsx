"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { Button } from "#components/ui/Button.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { COLLECTOR_STATES } from "../phaseWords.ts";
import { type CollectorFilter, filterWords, NO_FILTER } from "./collectorFilter.ts";

const PAGE = 50;

type CollectorListProps = { number: number; everyMs: number | false; filter: CollectorFilter; onFilter: (filter: CollectorFilter) => void };

/** The collectors that a filter leaves, by name, a page at a time. */
export function CollectorList({ number, everyMs, filter, onFilter }: CollectorListProps) {
  const trpc = useTRPC();
  // Another filter begins at its first page.
  const [at, setAt] = useState({ filter, from: 0 });
  const from = at.filter === filter ? at.from : 0;
  const setFrom = (next: number) => setAt({ filter, from: next });
  const { search, state, stage, named } = filter;
  const input = { number, search, named, from, limit: PAGE, ...(state !== null && { state }), ...(stage !== null && { stage }) };
  const page = useQuery(trpc.rollouts.collectorPage.queryOptions(input, { staleTime: 0, refetchInterval: everyMs, placeholderData: keepPreviousData }));
  const words = filterWords(filter);
  return (
    <div className="mt-2 border-t border-line pt-2">
      <QueryView query={page} what="The list of collectors" skeleton={<Skeleton className="h-[80px] w-full" />}>
        {({ total, items }) => (
          <>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-s text-ink-2">
              <span role="status" className="num">
                {total === 0 ? "No collector" : `${formatCount(from + 1)}–${formatCount(from + items.length)} of ${formatCount(total)}`}
                {words !== "" && `: ${words}`}
              </span>
              <span className="ml-auto flex gap-1">
                {total > PAGE && (
                  <>
                    <Button size="small" variant="ghost" disabled={from === 0} onClick={() => setFrom(Math.max(0, from - PAGE))}>
                      Before
                    </Button>
                    <Button size="small" variant="ghost" disabled={from + PAGE >= total} onClick={() => setFrom(from + PAGE)}>
                      Next
                    </Button>
                  </>
                )}
                <Button size="small" variant="ghost" onClick={() => onFilter(NO_FILTER)}>
                  Clear
                </Button>
              </span>
            </div>
            <ul aria-label="Collectors" className="mt-1 max-h-[260px] overflow-y-auto">
              {items.map((one) => (
                <li key={one.id} className="flex items-baseline justify-between gap-3 border-b border-line py-1 last:border-b-0">
                  <Link href={`/fleet/${one.id}`} className="min-w-0 truncate font-medium hover:underline">
                    {one.name}
                  </Link>
                  <span className="num shrink-0 text-s text-ink-2">
                    {COLLECTOR_STATES[one.state].word}
                    {one.stage !== null && ` · stage ${one.stage + 1}`}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </QueryView>
    </div>
  );
}
