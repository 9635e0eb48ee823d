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
import { EditorSkeleton } from "../EditorSkeleton.tsx";
import { PolicyChangeWords } from "../PolicyChangeWords.tsx";

/** `?from=3&to=5`: every version of a policy, and two of them against each other. */
export function PolicyHistoryPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const search = useSearchParams();
  const policy = useQuery(trpc.policies.get.queryOptions({ id }));
  return (
    <QueryView query={policy} what="The history" skeleton={<EditorSkeleton />}>
      {({ name, versions, runningVersion, currentVersion }) => {
        const compared = comparedVersions(search.get("from"), search.get("to"), currentVersion);
        return (
          <>
            <PageHead
              title={`${name}: history`}
              crumbs={[{ label: "Sampling", href: "/sampling" }, { label: name, href: `/sampling/${id}` }, { label: "History" }]}
              sub={`${currentVersion} ${currentVersion === 1 ? "version" : "versions"}; a saved one never changes`}
              actions={<ButtonLink href={`/sampling/${id}`}>Open v{currentVersion} in the editor</ButtonLink>}
            />
            <div className="flex flex-col gap-3">
              <Panel title="Versions" flush>
                <VersionTable
                  versions={versions}
                  runningVersion={runningVersion}
                  compared={compared}
                  onCompare={(from, to) => router.replace(`/sampling/${id}/history?from=${from}&to=${to}`, { scroll: false })}
                  hrefOf={(version) => `/sampling/${id}/versions/${version}`}
                />
              </Panel>
              {currentVersion > 1 && <Comparison id={id} from={compared[0]} to={compared[1]} />}
            </div>
          </>
        );
      }}
    </QueryView>
  );
}

function Comparison({ id, from, to }: { id: string; from: number; to: number }) {
  const trpc = useTRPC();
  const before = useQuery(trpc.policies.version.queryOptions({ id, number: from }, { staleTime: Number.POSITIVE_INFINITY }));
  const after = useQuery(trpc.policies.version.queryOptions({ id, number: to }, { staleTime: Number.POSITIVE_INFINITY }));
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
              before={older.body}
              after={newer.body}
              words={<PolicyChangeWords before={older.body} after={newer.body} />}
            />
          )}
        </QueryView>
      )}
    </QueryView>
  );
}
