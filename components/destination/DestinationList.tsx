"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { DocumentTable } from "#components/versions/DocumentTable.tsx";
import { CurrentDestination } from "./CurrentDestination.tsx";

/** Where kept spans go now, and every destination they could go to. */
export function DestinationList() {
  const trpc = useTRPC();
  const mayEdit = useMay("editor");
  const destinations = useQuery(trpc.destinations.list.queryOptions());
  const add = mayEdit && (
    <ButtonLink variant="primary" href="/destination/new?kind=otlp" icon={<Plus aria-hidden />}>
      Add destination
    </ButtonLink>
  );
  return (
    <>
      <PageHead title="Destination" sub="Where kept spans go. One destination is in use at a time, on all collectors." actions={add} />
      <div className="flex flex-col gap-3">
        <CurrentDestination />
        <Panel title="Destinations" flush>
          <QueryView query={destinations} what="The list of destinations" skeleton={<SkeletonRows rows={3} columns={5} />}>
            {(rows) =>
              rows.length === 0 ? (
                <EmptyState title="There is no destination yet" actions={add}>
                  Until one is applied, kept spans go into each collector's local archive.
                </EmptyState>
              ) : (
                <DocumentTable
                  label="Destinations"
                  href="/destination"
                  rows={rows}
                  runs={{ head: "In use", yes: (version) => `v${version} in use`, no: "not in use" }}
                />
              )
            }
          </QueryView>
        </Panel>
      </div>
    </>
  );
}
