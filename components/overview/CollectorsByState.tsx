"use client";

import Link from "next/link";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { useLiveTopic } from "../data/useLive.ts";
import { formatBytes } from "../format/formatBytes.ts";
import { formatRate } from "../format/formatNumber.ts";
import { collectorStatus } from "../live/collectorStatus.ts";
import { ButtonLink } from "../ui/Button.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Panel } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/Skeleton.tsx";
import { StatusChip, type Tone } from "../ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";

const ROWS_MAX = 5;

export function CollectorsByState({ className }: { className?: string }) {
  const heard = useLiveTopic({ kind: "collectors" });
  const rows = heard?.event.rows;
  return (
    <Panel
      title="Collectors"
      flush
      className={className}
      aside={rows && <StateCounts rows={rows} />}
      actions={
        <ButtonLink size="small" variant="ghost" href="/fleet">
          Fleet
        </ButtonLink>
      }
    >
      {heard === undefined || rows === undefined ? <SkeletonRows rows={3} columns={4} /> : <WorstRows rows={rows} nowMs={heard.receivedAtMs} />}
    </Panel>
  );
}

const STATES: { state: CollectorRow["state"]; tone: Tone; word: string }[] = [
  { state: "online", tone: "ok", word: "online" },
  { state: "stale", tone: "warn", word: "silent" },
  { state: "offline", tone: "bad", word: "offline" },
];

function StateCounts({ rows }: { rows: readonly CollectorRow[] }) {
  return STATES.map(({ state, tone, word }) => {
    const count = rows.filter((row) => row.state === state).length;
    return (
      count > 0 && (
        <StatusChip key={state} tone={tone}>
          {count} {word}
        </StatusChip>
      )
    );
  });
}

function WorstRows({ rows, nowMs }: { rows: readonly CollectorRow[]; nowMs: number }) {
  if (rows.length === 0) {
    return (
      <EmptyState title="No collector has connected yet" actions={<ButtonLink href="/fleet">Connect a collector</ButtonLink>}>
        Start one with an enrolment token.
      </EmptyState>
    );
  }
  const worst = rows
    .map((row) => ({ row, status: collectorStatus(row, nowMs) }))
    .sort((a, b) => a.status.rank - b.status.rank || a.row.name.localeCompare(b.row.name, "en", { numeric: true }))
    .slice(0, ROWS_MAX);
  return (
    <Table label="Collectors, those with trouble first">
      <thead>
        <tr>
          <Th>Collector</Th>
          <Th>State</Th>
          <Th n>In, spans/s</Th>
          <Th n>Memory</Th>
        </tr>
      </thead>
      <tbody>
        {worst.map(({ row, status }) => (
          <Tr key={row.id}>
            <Td className="max-w-[200px] truncate font-[550]">
              <Link href={`/fleet/${row.id}`} className="hover:underline">
                {row.name}
              </Link>
            </Td>
            <Td>
              <StatusChip tone={status.tone}>{status.word}</StatusChip>
            </Td>
            <Td n>{formatRate(row.receivedPerS)}</Td>
            <Td n>{formatBytes(row.rssBytes)}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
