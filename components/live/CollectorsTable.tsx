"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { memo, useState } from "react";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { Sparkline } from "../charts/Sparkline.tsx";
import { useLiveTopic } from "../data/useLive.ts";
import { formatBytes } from "../format/formatBytes.ts";
import { formatMs } from "../format/formatDuration.ts";
import { formatMicroUsd } from "../format/formatMoney.ts";
import { formatPercent, formatRate } from "../format/formatNumber.ts";
import { ButtonLink } from "../ui/Button.tsx";
import { Chip, SampleChip } from "../ui/Chip.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Input } from "../ui/Input.tsx";
import { Kbd } from "../ui/Kbd.tsx";
import { Panel } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/Skeleton.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { collectorStatus } from "./collectorStatus.ts";
import { matchesFilter } from "./matchesFilter.ts";
import type { TrendStore } from "./trendStore.ts";
import { useTrends } from "./useTrends.ts";

const ROWS_MAX = 50;

export function CollectorsTable({ selected, paused }: { selected: string | null; paused: boolean }) {
  const [filter, setFilter] = useState("");
  const heard = useLiveTopic({ kind: "collectors" });
  const [frozen, setFrozen] = useState(heard);
  if (!paused && frozen !== heard) setFrozen(heard);
  const shown = paused ? frozen : heard;
  const all = shown?.event.rows;
  return (
    <Panel
      title="Collectors"
      flush
      aside={all && <Chip outline>{all.length}</Chip>}
      actions={
        <Input
          data-filter=""
          type="search"
          aria-label="Filter collectors"
          placeholder="Filter by label, name, state"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && (filter === "" ? event.currentTarget.blur() : setFilter(""))}
          suffix={<Kbd>/</Kbd>}
          className="w-[240px] max-w-full"
        />
      }
    >
      {shown === undefined || all === undefined ? (
        <SkeletonRows rows={3} columns={7} />
      ) : (
        <Rows all={all} filter={filter} nowMs={shown.receivedAtMs} selected={selected} />
      )}
    </Panel>
  );
}

function Rows({ all, filter, nowMs, selected }: { all: readonly CollectorRow[]; filter: string; nowMs: number; selected: string | null }) {
  const matching = all
    .filter((row) => matchesFilter(row, filter))
    .map((row) => ({ row, status: collectorStatus(row, nowMs) }))
    .sort((a, b) => a.status.rank - b.status.rank || a.row.name.localeCompare(b.row.name, "en", { numeric: true }));
  const { store: trends, loads } = useTrends(matching.map(({ row }) => row.id));
  if (all.length === 0) {
    return (
      <EmptyState title="No collector has connected yet" actions={<ButtonLink href="/fleet">Connect a collector</ButtonLink>}>
        Create an enrolment token under Fleet and start a collector with the command shown there.
      </EmptyState>
    );
  }
  if (matching.length === 0)
    return <EmptyState title={`None of ${all.length} collectors matches “${filter}”`}>The filter looks at names, labels and states.</EmptyState>;
  return (
    <>
      <Table label="Collectors">
        <thead>
          <tr>
            <Th>Collector</Th>
            <Th>State</Th>
            <Th>Labels</Th>
            <Th>Config</Th>
            <Th n>In, spans/s</Th>
            <Th n>Kept</Th>
            <Th n>P99</Th>
            <Th n>Queue</Th>
            <Th n>Memory</Th>
            <Th n>CPU</Th>
            <Th>15 min</Th>
            <Th n>Cost/h</Th>
          </tr>
        </thead>
        <tbody>
          {matching.slice(0, ROWS_MAX).map(({ row, status }) => (
            <Row
              key={row.id}
              row={row}
              tone={status.tone}
              word={status.word}
              selected={row.id === selected}
              trends={trends}
              step={Math.floor(nowMs / 5000)}
              loads={loads}
            />
          ))}
        </tbody>
      </Table>
      {matching.length > ROWS_MAX && (
        <p className="px-3 py-2 text-s text-ink-2">
          The first {ROWS_MAX} of {matching.length}.{" "}
          <Link href="/fleet" className="underline">
            All of them are under Fleet.
          </Link>
        </p>
      )}
    </>
  );
}

type RowProps = {
  row: CollectorRow;
  tone: ReturnType<typeof collectorStatus>["tone"];
  word: string;
  selected: boolean;
  trends: TrendStore;
  step: number;
  loads: number;
};

function Row({ row, tone, word, selected, trends, step, loads }: RowProps) {
  const router = useRouter();
  const href = selected ? "/live" : `/live?collector=${encodeURIComponent(row.id)}`;
  const share = row.keptPerS === null || !row.receivedPerS ? null : row.keptPerS / row.receivedPerS;
  const queue = row.queueSpans === null || !row.queueCapacitySpans ? null : row.queueSpans / row.queueCapacitySpans;
  return (
    <Tr selected={selected} onOpen={() => router.replace(href, { scroll: false })}>
      <Td className="font-[550]">
        <Link href={`/fleet/${row.id}`} className="hover:underline">
          {row.name}
        </Link>
        {row.sampleShare !== null && row.sampleShare > 0 && (
          <span className="ml-2">
            <SampleChip share={row.sampleShare} />
          </span>
        )}
      </Td>
      <Td>
        <StatusChip tone={tone}>{word}</StatusChip>
      </Td>
      <Td className="max-w-[180px] truncate text-ink-2">
        {Object.entries(row.labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(" ") || "—"}
      </Td>
      <Td className="font-mono text-s text-ink-2">{row.runningRevision === null ? "—" : `r${row.runningRevision}`}</Td>
      <Td n>{formatRate(row.receivedPerS)}</Td>
      <Td n>{formatPercent(share)}</Td>
      <Td n>{formatMs(row.ackP99Ms)}</Td>
      <Td n>{formatPercent(queue)}</Td>
      <Td n>{formatBytes(row.rssBytes)}</Td>
      <Td n>{row.cpuCores === null ? "—" : row.cpuCores.toFixed(2)}</Td>
      <Td>
        <Trend id={row.id} name={row.name} trends={trends} step={step} loads={loads} />
      </Td>
      <Td n>{formatMicroUsd(row.costMicroUsdPerHour)}</Td>
    </Tr>
  );
}

/** Redrawn every five seconds (`step`) and when history came (`loads`), not with every figure of its row. */
const Trend = memo(function Trend({ id, name, trends, step }: { id: string; name: string; trends: TrendStore; step: number; loads: number }) {
  return <Sparkline values={trends.values(id, (step + 1) * 5000)} label={`Spans received by ${name} over 15 minutes`} />;
});
