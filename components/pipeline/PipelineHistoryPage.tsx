"use client";

import { useQuery } from "@tanstack/react-query";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { ChangeWords } from "#components/versions/ChangeWords.tsx";
import { DocumentHistory, VersionComparison } from "#components/versions/DocumentHistory.tsx";
import { describePipelineChange } from "#domain/pipeline/describePipelineChange.ts";
import { EditorSkeleton } from "../sampling/EditorSkeleton.tsx";
import { PIPELINE_SCREEN } from "./pipelineScreen.ts";

export function PipelineHistoryPage({ id }: { id: string }) {
  const pipeline = useQuery(useTRPC().pipelines.get.queryOptions({ id }));
  return (
    <QueryView query={pipeline} what="The history" skeleton={<EditorSkeleton />}>
      {(document) => <DocumentHistory screen={PIPELINE_SCREEN} document={document} comparison={(from, to) => <Comparison id={id} from={from} to={to} />} />}
    </QueryView>
  );
}

function Comparison({ id, from, to }: { id: string; from: number; to: number }) {
  const { version } = useTRPC().pipelines;
  const before = useQuery(version.queryOptions({ id, number: from }, { staleTime: Number.POSITIVE_INFINITY }));
  const after = useQuery(version.queryOptions({ id, number: to }, { staleTime: Number.POSITIVE_INFINITY }));
  return (
    <VersionComparison
      from={from}
      to={to}
      before={before}
      after={after}
      words={(older, newer) => <ChangeWords sentences={describePipelineChange(older, newer)} />}
    />
  );
}
