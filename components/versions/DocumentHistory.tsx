"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { ButtonLink } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { comparedVersions } from "./comparedVersions.ts";
import { DocumentDiff } from "./DocumentDiff.tsx";
import { type VersionRow, VersionTable } from "./VersionTable.tsx";

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
  return (
    <>
      <PageHead
        title={`${name}: history`}
        crumbs={[screen, { label: name, href }, { label: "History" }]}
        sub={`${currentVersion} ${currentVersion === 1 ? "version" : "versions"}; a saved one never changes`}
        actions={<ButtonLink href={href}>Open v{currentVersion} in the editor</ButtonLink>}
      />
      <div className="flex flex-col gap-3">
        <Panel title="Versions" flush>
          <VersionTable
            versions={versions}
            runningVersion={runningVersion}
            compared={[from, to]}
            onCompare={(a, b) => router.replace(`${href}/history?from=${a}&to=${b}`, { scroll: false })}
            hrefOf={(version) => `${href}/versions/${version}`}
          />
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
