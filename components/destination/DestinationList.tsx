"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { CurrentDestination } from "./CurrentDestination.tsx";

/** Where kept spans go now, and every destination they could go to. */
export function DestinationList() {
  const trpc = useTRPC();
  const router = useRouter();
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
                <Table label="Destinations">
                  <thead>
                    <tr>
                      <Th className="w-full">Name</Th>
                      <Th>Version</Th>
                      <Th>In use</Th>
                      <Th>Updated</Th>
                      <Th>By</Th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((destination) => (
                      <Tr key={destination.id} onOpen={() => router.push(`/destination/${destination.id}`)}>
                        <Td className="min-w-[160px]">
                          <Link href={`/destination/${destination.id}`} className="font-semibold hover:underline">
                            {destination.name}
                          </Link>
                        </Td>
                        <Td>
                          <Link href={`/destination/${destination.id}/history`} className="hover:underline">
                            v{destination.currentVersion}
                          </Link>
                        </Td>
                        <Td>
                          {destination.isRunning ? (
                            <StatusChip tone="ok">v{destination.runningVersion} in use</StatusChip>
                          ) : (
                            <span className="text-ink-3">not in use</span>
                          )}
                        </Td>
                        <Td className="num">{formatDate(destination.updatedAtMs)}</Td>
                        <Td>{destination.updatedBy}</Td>
                      </Tr>
                    ))}
                  </tbody>
                </Table>
              )
            }
          </QueryView>
        </Panel>
      </div>
    </>
  );
}
