"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, useMemo } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { Chip } from "#components/ui/Chip.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { ListFilter } from "#components/ui/ListFilter.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { filterText, filterWords, hasWords } from "#components/ui/textFilter.ts";
import { useListFilter } from "#components/ui/useListFilter.ts";
import { comparedVersions } from "./comparedVersions.ts";
import { DocumentDiff } from "./DocumentDiff.tsx";
import { type VersionRow, VersionTable } from "./VersionTable.tsx";

/** So few are seen at a glance. */
const FILTERED_ABOVE = 10;

type DocumentHistoryProps = {
  /** The screen that the documents of this kind have: `{ label: "Sampling", href: "/sampling" }`. */
  screen: { label: string; href: string };
  document: { id: string; name: string; versions: readonly VersionRow[]; runningVersion: number | null; currentVersion: number };
  comparison: (from: number, to: number) => ReactNode;
};

/** `?from=3&to=5`: every version of a document, and two of them against each other. */
export function DocumentHistory({ screen, document, comparison }: DocumentHistoryProps) {
  const router = useRouter();
  const search = useSearchParams();
  const { name, versions, runningVersion, currentVersion } = document;
  const href = `${screen.href}/${document.id}`;
  const [from, to] = comparedVersions(search.get("from"), search.get("to"), currentVersion);
  const [filter, setFilter] = useListFilter();
  const texts = useMemo(() => versions.map(({ number, authorName, message }) => filterText([`v${number}`, authorName, message ?? ""])), [versions]);
  const words = filterWords(filter);
  const shown = words.length === 0 ? versions : versions.filter((_, at) => hasWords(texts[at], words));
  const compare = (a: number, b: number) => {
    const next = new URLSearchParams(window.location.search);
    next.set("from", String(a));
    next.set("to", String(b));
    router.replace(`${href}/history?${next}`, { scroll: false });
  };
  return (
    <>
      <PageHead
        title={`${name}: history`}
        crumbs={[screen, { label: name, href }, { label: "History" }]}
        sub={`${currentVersion} ${currentVersion === 1 ? "version" : "versions"}; a saved one never changes`}
        actions={<ButtonLink href={href}>Open v{currentVersion} in the editor</ButtonLink>}
      />
      <div className="flex flex-col gap-3">
        <Panel
          title="Versions"
          flush
          aside={words.length > 0 && <Chip outline>{`${shown.length} of ${versions.length}`}</Chip>}
          actions={
            versions.length > FILTERED_ABOVE && (
              <ListFilter label="Filter versions" placeholder="Filter by person, message, number" value={filter} onChange={setFilter} />
            )
          }
        >
          {shown.length === 0 ? (
            <EmptyState title="No version matches the filter" actions={<Button onClick={() => setFilter("")}>Clear the filter</Button>}>
              {versions.length} are there. Words are looked for in who saved it, its message and its number.
            </EmptyState>
          ) : (
            <VersionTable
              versions={shown}
              runningVersion={runningVersion}
              compared={[from, to]}
              onCompare={compare}
              hrefOf={(version) => `${href}/versions/${version}`}
            />
          )}
        </Panel>
        {currentVersion > 1 &&
          (from === to ? (
            <Panel title="Difference">
              <EmptyState title="The same version stands on both sides">Choose two different ones above.</EmptyState>
            </Panel>
          ) : (
            comparison(from, to)
          ))}
      </div>
    </>
  );
}

type Version<Body> = UseQueryResult<{ number: number; body: Body }, unknown>;
type VersionComparisonProps<Body> = {
  from: number;
  to: number;
  before: Version<Body>;
  after: Version<Body>;
  /** A body for reading, where it isn't fit to be shown as it is. */
  shown?: (body: Body) => unknown;
  words: (before: Body, after: Body) => ReactNode;
};

/** Two versions as they were loaded, in words and line by line. */
export function VersionComparison<Body>({ from, to, before, after, shown = (body) => body, words }: VersionComparisonProps<Body>) {
  const skeleton = <Skeleton className="h-[120px] w-full" />;
  return (
    <QueryView query={before} what={`Version ${from}`} skeleton={skeleton}>
      {(older) => (
        <QueryView query={after} what={`Version ${to}`} skeleton={skeleton}>
          {(newer) => (
            <DocumentDiff
              title={`v${from} → v${to}`}
              name="The difference"
              before={shown(older.body)}
              after={shown(newer.body)}
              words={words(older.body, newer.body)}
            />
          )}
        </QueryView>
      )}
    </QueryView>
  );
}
