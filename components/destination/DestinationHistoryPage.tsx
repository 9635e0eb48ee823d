"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { comparedVersions } from "#components/versions/comparedVersions.ts";
import { DocumentDiff } from "#components/versions/DocumentDiff.tsx";
import { VersionTable } from "#components/versions/VersionTable.tsx";
import { DestinationChangeWords } from "./DestinationChangeWords.tsx";
import { DestinationSkeleton } from "./DestinationSkeleton.tsx";
import { shownDestination } from "./destinationDraft.ts";

/** `?from=1&to=2`: every version of a destination, and two of them against each other. */
export function DestinationHistoryPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const search = useSearchParams();
  const destination = useQuery(trpc.destinations.get.queryOptions({ id }));
  return (
    <QueryView query={destination} what="The history" skeleton={<DestinationSkeleton />}>
      {({ name, versions, runningVersion, currentVersion }) => {
        const [from, to] = comparedVersions(search.get("from"), search.get("to"), currentVersion);
        return (
          <>
            <PageHead
              title={`${name}: history`}
              crumbs={[{ label: "Destination", href: "/destination" }, { label: name, href: `/destination/${id}` }, { label: "History" }]}
              sub={`${currentVersion} ${currentVersion === 1 ? "version" : "versions"}; a saved one never changes`}
              actions={<ButtonLink href={`/destination/${id}`}>Open v{currentVersion}</ButtonLink>}
            />
            <div className="flex flex-col gap-3">
              <Panel title="Versions" flush>
                <VersionTable
                  versions={versions}
                  runningVersion={runningVersion}
                  compared={[from, to]}
                  onCompare={(a, b) => router.replace(`/destination/${id}/history?from=${a}&to=${b}`, { scroll: false })}
                  hrefOf={(version) => `/destination/${id}/versions/${version}`}
                />
              </Panel>
              {currentVersion > 1 && <Comparison id={id} from={from} to={to} />}
            </div>
          </>
        );
      }}
    </QueryView>
  );
}

function Comparison({ id, from, to }: { id: string; from: number; to: number }) {
  const trpc = useTRPC();
  const before = useQuery(trpc.destinations.version.queryOptions({ id, number: from }, { staleTime: Number.POSITIVE_INFINITY }));
  const after = useQuery(trpc.destinations.version.queryOptions({ id, number: to }, { staleTime: Number.POSITIVE_INFINITY }));
  if (from === to) {
    return (
      <Panel title="Difference">
        <EmptyState title="The same version stands on both sides">Choose two different ones above.</EmptyState>
      </Panel>
    );
  }
  return (
    <QueryView query={before} what={`Version ${from}`} skeleton={<Skeleton className="h-[120px] w-full" />}>
      {(older) => (
        <QueryView query={after} what={`Version ${to}`} skeleton={<Skeleton className="h-[120px] w-full" />}>
          {(newer) => (
            <DocumentDiff
              title={`v${from} → v${to}`}
              name="The difference"
              before={shownDestination(older.body)}
              after={shownDestination(newer.body)}
              words={<DestinationChangeWords before={older.body} after={newer.body} />}
            />
          )}
        </QueryView>
      )}
    </QueryView>
  );
}
