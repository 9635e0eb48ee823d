"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { QueryView } from "#components/data/QueryView.tsx";
import { CollectorStateChip, ConfigStateChip } from "#components/fleet/CollectorStateChip.tsx";
import { useFleetRows } from "#components/fleet/useFleetRows.ts";
import { useNow } from "#components/fleet/useNow.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { Chip } from "#components/ui/Chip.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";

const ROWS_MAX = 200;

/** The collectors of a group, live. */
export function GroupMembers({ groupId }: { groupId: string }) {
  const { list, rows } = useFleetRows();
  const members = rows?.filter((row) => row.group?.id === groupId);
  return (
    <Panel title="Collectors" flush aside={members && <Chip outline>{formatCount(members.length)}</Chip>}>
      {members ? (
        <Members rows={members} />
      ) : (
        <QueryView query={list} what="The list of collectors" skeleton={<SkeletonRows rows={4} columns={3} />}>
          {() => null}
        </QueryView>
      )}
    </Panel>
  );
}

function Members({ rows }: { rows: readonly CollectorRow[] }) {
  const router = useRouter();
  const nowMs = useNow();
  if (rows.length === 0)
    return <EmptyState title="No collector is in this group">The first whose labels it selects is sent its configuration when it connects.</EmptyState>;
  return (
    <>
      <Table label="Collectors of the group">
        <thead>
          <tr>
            <Th className="w-full">Collector</Th>
            <Th>State</Th>
            <Th>Config</Th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_MAX).map((row) => (
            <Tr key={row.id} onOpen={() => router.push(`/fleet/${row.id}`)} data-collector={row.name}>
              <Td>
                <Link href={`/fleet/${row.id}`} className="font-[550] hover:underline">
                  {row.name}
                </Link>
                {row.otherGroups.length > 0 && (
                  <span className="ml-2 text-s text-ink-3" title={row.otherGroups.map(({ name }) => name).join(", ")}>
                    also {row.otherGroups[0].name}
                    {row.otherGroups.length > 1 && ` +${row.otherGroups.length - 1}`}
                  </span>
                )}
              </Td>
              <Td>
                <CollectorStateChip row={row} nowMs={nowMs} />
              </Td>
              <Td>
                <ConfigStateChip row={row} />
                {row.overriddenUntilMs !== null && <Chip className="ml-1">overridden</Chip>}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {rows.length > ROWS_MAX && (
        <p className="border-t border-line px-3 py-2 text-s text-ink-3">
          and {formatCount(rows.length - ROWS_MAX)} more; the <Link href="/fleet">fleet</Link> has them all
        </p>
      )}
    </>
  );
}
