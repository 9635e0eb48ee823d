"use client";

import { useQuery } from "@tanstack/react-query";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { ChangeWords } from "#components/versions/ChangeWords.tsx";
import { DocumentHistory, VersionComparison } from "#components/versions/DocumentHistory.tsx";
import { DestinationSkeleton } from "./DestinationSkeleton.tsx";
import { describeDestinationChange } from "./describeDestinationChange.ts";
import { shownDestination } from "./destinationDraft.ts";

const SCREEN = { label: "Destination", href: "/destination" };

export function DestinationHistoryPage({ id }: { id: string }) {
  const destination = useQuery(useTRPC().destinations.get.queryOptions({ id }));
  return (
    <QueryView query={destination} what="The history" skeleton={<DestinationSkeleton />}>
      {(document) => <DocumentHistory screen={SCREEN} document={document} comparison={(from, to) => <Comparison id={id} from={from} to={to} />} />}
    </QueryView>
  );
}

function Comparison({ id, from, to }: { id: string; from: number; to: number }) {
  const { version } = useTRPC().destinations;
  const before = useQuery(version.queryOptions({ id, number: from }, { staleTime: Number.POSITIVE_INFINITY }));
  const after = useQuery(version.queryOptions({ id, number: to }, { staleTime: Number.POSITIVE_INFINITY }));
  return (
    <VersionComparison
      from={from}
      to={to}
      before={before}
      after={after}
      shown={shownDestination}
      words={(older, newer) => <ChangeWords sentences={describeDestinationChange(older, newer)} />}
    />
  );
}
