"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { Button } from "#components/ui/Button.tsx";
import { Chip } from "#components/ui/Chip.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { ListFilter } from "#components/ui/ListFilter.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { filterText, filterWords, hasWords } from "#components/ui/textFilter.ts";
import { useListFilter } from "#components/ui/useListFilter.ts";
import { ArchivedFilter } from "./ArchivedFilter.tsx";
import { type DocumentRow, DocumentTable, type DocumentTableProps } from "./DocumentTable.tsx";

type DocumentListPanelProps<R extends DocumentRow> = Omit<DocumentTableProps<R>, "rows"> & {
  /** "policies", as in "no policies match". */
  what: string;
  query: UseQueryResult<readonly R[], unknown>;
  archived: boolean;
  onArchived: (archived: boolean) => void;
  /** What is said where there is none yet. */
  empty: ReactNode;
};

/** All documents of a kind, narrowed by `?q=` and `?archived=1`. */
export function DocumentListPanel<R extends DocumentRow>({ what, query, archived, onArchived, empty, ...table }: DocumentListPanelProps<R>) {
  const [filter, setFilter] = useListFilter();
  const rows = query.data;
  const texts = useMemo(() => rows?.map(({ name, updatedBy }) => filterText([name, updatedBy])), [rows]);
  const words = filterWords(filter);
  const shown = rows && texts && (words.length === 0 ? rows : rows.filter((_, at) => hasWords(texts[at], words)));
  const count = rows !== undefined && rows.length > 0 && (words.length === 0 ? rows.length.toLocaleString("en") : `${shown?.length} of ${rows.length}`);
  return (
    <Panel
      title={table.label}
      flush
      aside={count !== false && <Chip outline>{count}</Chip>}
      actions={
        <>
          {(rows?.length ?? 0) > 0 && <ListFilter label={`Filter ${what}`} placeholder="Filter by name, person" value={filter} onChange={setFilter} />}
          <ArchivedFilter archived={archived} onChange={onArchived} />
        </>
      }
    >
      <QueryView query={query} what={`The list of ${what}`} skeleton={<SkeletonRows rows={3} columns={5} />}>
        {(all) =>
          all.length === 0 && archived ? (
            <EmptyState title="Nothing is archived">What is archived can be looked at here, and restored.</EmptyState>
          ) : all.length === 0 ? (
            empty
          ) : shown?.length === 0 ? (
            <EmptyState title={`No ${what} match the filter`} actions={<Button onClick={() => setFilter("")}>Clear the filter</Button>}>
              {all.length} {all.length === 1 ? "is" : "are"} there. Words are looked for in the name and in who changed it last.
            </EmptyState>
          ) : (
            <DocumentTable {...table} rows={shown ?? []} />
          )
        }
      </QueryView>
    </Panel>
  );
}
