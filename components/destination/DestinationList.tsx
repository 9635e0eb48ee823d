"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { DocumentListPanel } from "#components/versions/DocumentListPanel.tsx";
import { NewDrafts } from "#components/versions/NewDrafts.tsx";
import { useArchivedFilter } from "#components/versions/useArchivedFilter.ts";
import { CurrentDestination } from "./CurrentDestination.tsx";

/** Where kept spans go now, and every destination they could go to. */
export function DestinationList() {
  const trpc = useTRPC();
  const mayEdit = useMay("editor");
  const [archived, setArchived] = useArchivedFilter();
  const destinations = useQuery(trpc.destinations.list.queryOptions({ archived }));
  const add = mayEdit && (
    <ButtonLink variant="primary" href="/destination/new?kind=otlp" icon={<Plus aria-hidden />}>
      Add destination
    </ButtonLink>
  );
  return (
    <>
      <PageHead title="Destination" sub="Where kept spans go. One destination is in use at a time, on all collectors." actions={add} />
      <div className="flex flex-col gap-3">
        <NewDrafts kind="export" href="/destination" asks="kind" />
        <CurrentDestination />
        <DocumentListPanel
          label="Destinations"
          what="destinations"
          kind="export"
          href="/destination"
          query={destinations}
          archived={archived}
          onArchived={setArchived}
          empty={
            <EmptyState title="There is no destination yet" actions={add}>
              Until one is applied, kept spans go into each collector's local archive.
            </EmptyState>
          }
          runs={{ head: "In use", yes: (version) => `v${version} in use`, no: "not in use" }}
        />
      </div>
    </>
  );
}
