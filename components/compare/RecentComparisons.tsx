"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { formatAge, formatDate } from "#components/format/formatDuration.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { compareHref } from "./compareHref.ts";
import type { ShadowItem } from "./compareTypes.ts";
import { backText } from "./replayWords.ts";

/** The latest comparisons of everybody. */
export function RecentComparisons() {
  const trpc = useTRPC();
  const router = useRouter();
  const shadows = useQuery(trpc.compare.list.queryOptions());
  return (
    <Panel title="Latest comparisons" flush>
      <QueryView query={shadows} what="The list of comparisons">
        {(items) =>
          items.length === 0 ? (
            <EmptyState title="Nothing has been tried yet">A comparison shows here while it runs and after it has ended, the latest 50 of them.</EmptyState>
          ) : (
            <Table label="Latest comparisons">
              <thead>
                <tr>
                  <Th>Policy</Th>
                  <Th>State</Th>
                  <Th>On</Th>
                  <Th n>Collectors</Th>
                  <Th>Begun</Th>
                  <Th>By</Th>
                </tr>
              </thead>
              <tbody>
                {items.map((item) => (
                  <Tr key={item.id} onOpen={() => router.push(compareHref({ run: item.id }))}>
                    <Td>
                      <Link href={compareHref({ run: item.id })} className="font-[550] hover:underline">
                        {item.title}
                      </Link>
                    </Td>
                    <Td>
                      <ShadowStateChip state={item.state} />
                    </Td>
                    <Td>{item.backMs === null ? `live traffic, ${formatAge(item.endsAtMs - item.startedAtMs)}` : backText(item.backMs)}</Td>
                    <Td n>{formatCount(item.collectors)}</Td>
                    <Td>{formatDate(item.startedAtMs)}</Td>
                    <Td>{item.startedBy}</Td>
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

export function ShadowStateChip({ state }: { state: ShadowItem["state"] }) {
  if (state === "running") return <StatusChip tone="busy">running</StatusChip>;
  return state === "ended" ? <StatusChip tone="done">ended</StatusChip> : <StatusChip tone="neutral">stopped</StatusChip>;
}
