"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { DEFAULT_GROUP_ID } from "#domain/fleet/membership.ts";
import { QueryView } from "../data/QueryView.tsx";
import { useTRPC } from "../data/trpc.ts";
import { formatDate } from "../format/formatDuration.ts";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Panel } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/Skeleton.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";

const ROWS_MAX = 6;

export function LatestRevisions({ className }: { className?: string }) {
  const trpc = useTRPC();
  const revisions = useQuery(trpc.revisions.list.queryOptions());
  const hasGroups = revisions.data?.some(({ groupId, collector }) => groupId !== DEFAULT_GROUP_ID || collector !== null) ?? false;
  return (
    <Panel title="Latest changes" flush className={className}>
      <QueryView query={revisions} what="The list of changes" skeleton={<SkeletonRows rows={4} columns={6} />}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState title="Nothing has been applied yet">
              Each time somebody applies a policy, a destination or pipeline settings, it is listed here.
            </EmptyState>
          ) : (
            <Table label="Latest changes">
              <thead>
                <tr>
                  <Th n>Revision</Th>
                  {hasGroups && <Th>For</Th>}
                  <Th>Policy</Th>
                  <Th>Destination</Th>
                  <Th>Pipeline</Th>
                  <Th>By</Th>
                  <Th>When</Th>
                  <Th>Why</Th>
                </tr>
              </thead>
              <tbody>
                {list.slice(0, ROWS_MAX).map((revision) => (
                  <Tr key={revision.revision}>
                    <Td n>{revision.revision}</Td>
                    {hasGroups && (
                      <Td className="max-w-[150px] truncate">
                        <Link
                          href={revision.collector?.name ? `/fleet/${revision.collector.id}` : `/groups/${revision.groupId}`}
                          className="underline decoration-line-strong underline-offset-[3px]"
                        >
                          {revision.collector === null ? revision.groupName : (revision.collector.name ?? "one collector")}
                        </Link>
                      </Td>
                    )}
                    <Td>
                      {revision.policyName} <span className="text-ink-3">v{revision.policyVersion}</span>
                    </Td>
                    <Td>
                      {revision.destinationName} <span className="text-ink-3">v{revision.destinationVersion}</span>
                    </Td>
                    <Td>
                      {revision.pipelineName} <span className="text-ink-3">v{revision.pipelineVersion}</span>
                    </Td>
                    <Td className="text-ink-2" title={revision.approverName === null ? undefined : `approved by ${revision.approverName}`}>
                      {revision.authorName}
                      {revision.approverName !== null && `, ${revision.approverName}`}
                    </Td>
                    <Td className="num text-ink-2">{formatDate(revision.createdAtMs)}</Td>
                    <Td className="max-w-[170px] truncate text-ink-2" title={revision.message ?? undefined}>
                      {revision.message || "—"}
                    </Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          )
        }
      </QueryView>
    </Panel>
  );
}
