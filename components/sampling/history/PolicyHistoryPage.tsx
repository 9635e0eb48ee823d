"use client";

import { useQuery } from "@tanstack/react-query";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { DocumentHistory, VersionComparison } from "#components/versions/DocumentHistory.tsx";
import { EditorSkeleton } from "../EditorSkeleton.tsx";
import { PolicyChangeWords } from "../PolicyChangeWords.tsx";

const SCREEN = { label: "Sampling", href: "/sampling" };

export function PolicyHistoryPage({ id }: { id: string }) {
  const policy = useQuery(useTRPC().policies.get.queryOptions({ id }));
  return (
    <QueryView query={policy} what="The history" skeleton={<EditorSkeleton />}>
      {(document) => <DocumentHistory screen={SCREEN} document={document} comparison={(from, to) => <Comparison id={id} from={from} to={to} />} />}
    </QueryView>
  );
}

function Comparison({ id, from, to }: { id: string; from: number; to: number }) {
  const { version } = useTRPC().policies;
  const before = useQuery(version.queryOptions({ id, number: from }, { staleTime: Number.POSITIVE_INFINITY }));
  const after = useQuery(version.queryOptions({ id, number: to }, { staleTime: Number.POSITIVE_INFINITY }));
  return <VersionComparison from={from} to={to} before={before} after={after} words={(older, newer) => <PolicyChangeWords before={older} after={newer} />} />;
}
