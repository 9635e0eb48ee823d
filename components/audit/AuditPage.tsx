"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ArrowUp, Download } from "lucide-react";
import { useCallback } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { Button, buttonClass } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { ErrorState } from "#components/ui/ErrorState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { type AuditFilter, auditFilterToSearch } from "#domain/audit/auditFilter.ts";
import { AuditFilters } from "./AuditFilters.tsx";
import { AuditList } from "./AuditList.tsx";
import { useAuditFilter } from "./useAuditFilter.ts";

const NEWS_COUNTED_MAX = 100;

/** Everything that was changed, by whom; the filter is in the address. */
export function AuditPage() {
  const { filter, setFilter } = useAuditFilter();
  const text = auditFilterToSearch(filter).toString();
  const search = text === "" ? "" : `?${text}`;
  return (
    <>
      <PageHead
        title="Audit"
        sub="Every change: who, what, from where. Events are chained by their hashes and can't be edited."
        actions={
          <a href={`/api/audit.csv${search}`} download className={buttonClass()}>
            <Download aria-hidden />
            Download CSV
          </a>
        }
      />
      <Panel title="Events" flush>
        <AuditFilters filter={filter} onFilter={setFilter} />
        <Events filter={filter} search={search} onClear={() => setFilter({})} />
      </Panel>
    </>
  );
}

function Events({ filter, search, onClear }: { filter: AuditFilter; search: string; onClear: () => void }) {
  const trpc = useTRPC();
  const list = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions(
      { filter },
      // Events don't change, and nothing moves under the reader: new ones come when they are asked for.
      { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false },
    ),
  );
  const { fetchNextPage, refetch } = list;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  if (list.isError && !list.data) {
    return (
      <ErrorState title="The audit could not be loaded" detail={describeError(list.error).message} onRetry={() => void refetch()} busy={list.isFetching} />
    );
  }
  if (!list.data) return <SkeletonRows rows={12} columns={4} />;
  const events = list.data.pages.flatMap((page) => page.events);
  const filtered = search !== "";
  return (
    <>
      <News filter={filter} afterId={events[0]?.id ?? "0"} busy={list.isRefetching} onShow={() => void refetch()} />
      {events.length === 0 ? (
        <EmptyState
          title={filtered ? "No event matches the filter" : "Nothing was changed yet"}
          actions={filtered ? <Button onClick={onClear}>Clear the filter</Button> : undefined}
        >
          {filtered
            ? "Words match beginnings of names, actions and values, all of them at once. Events older than 400 days are let go."
            : "Each change leaves an event here, in the moment it is made."}
        </EmptyState>
      ) : (
        <div className={list.isPlaceholderData ? "opacity-60" : undefined}>
          <AuditList events={events} search={search} hasMore={list.hasNextPage} loadingMore={list.isFetchingNextPage} onMore={more} />
        </div>
      )}
    </>
  );
}

/** What came since the list was loaded, to be shown when asked for. */
function News({ filter, afterId, busy, onShow }: { filter: AuditFilter; afterId: string; busy: boolean; onShow: () => void }) {
  const trpc = useTRPC();
  const { data: count = 0 } = useQuery(trpc.auditNews.count.queryOptions({ filter, afterId }));
  return (
    <div role="status">
      {count > 0 && (
        <div className="px-3 pb-2">
          <Button size="small" variant="primary" icon={<ArrowUp aria-hidden />} busy={busy} onClick={onShow}>
            {count >= NEWS_COUNTED_MAX ? `${NEWS_COUNTED_MAX} or more new events` : `${count} new ${count === 1 ? "event" : "events"}`}
          </Button>
        </div>
      )}
    </div>
  );
}
