"use client";

import Link from "next/link";
import { formatBytes } from "#components/format/formatBytes.ts";
import { formatAge, formatDate, formatMs } from "#components/format/formatDuration.ts";
import { formatPercent, formatRate } from "#components/format/formatNumber.ts";
import { Chip, SampleChip } from "#components/ui/Chip.tsx";
import { Td } from "#components/ui/Table.tsx";
import { DEFAULT_GROUP_ID } from "#domain/fleet/membership.ts";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { CollectorStateChip, ConfigStateChip, DeliveryChip } from "./CollectorStateChip.tsx";
import { keptShare, queueShare } from "./fleetRows.ts";
import { RunningConfig } from "./RunningConfig.tsx";

const LABELS_SHOWN = 3;

/** The cells of one collector; a figure that was not reported lately is a dash. */
export function FleetRow({ row, nowMs }: { row: CollectorRow; nowMs: number }) {
  const labels = Object.entries(row.labels);
  return (
    <>
      <Td>
        <Link href={`/fleet/${row.id}`} className="font-semibold hover:underline">
          {row.name}
        </Link>
      </Td>
      <Td>
        <CollectorStateChip row={row} nowMs={nowMs} />
        <DeliveryChip row={row} className="ml-1" />
      </Td>
      <Td className="num text-ink-2">{row.version}</Td>
      <Td>
        <span className="flex gap-1" title={labels.map(([key, value]) => `${key}=${value}`).join(" ")}>
          {labels.slice(0, LABELS_SHOWN).map(([key, value]) => (
            <Chip key={key} outline>
              {key}={value}
            </Chip>
          ))}
          {labels.length > LABELS_SHOWN && <Chip>+{labels.length - LABELS_SHOWN}</Chip>}
          {labels.length === 0 && <span className="text-ink-3">—</span>}
        </span>
      </Td>
      <Td>
        {row.group && (
          <Link
            href={`/groups/${row.group.id}`}
            className="hover:underline"
            title={row.otherGroups.length > 0 ? `also ${row.otherGroups.map(({ name }) => name).join(", ")}` : undefined}
          >
            {row.group.id === DEFAULT_GROUP_ID ? <span className="text-ink-3">default</span> : row.group.name}
          </Link>
        )}
        {row.overriddenUntilMs !== null && (
          <Chip className="ml-1" title={`until ${formatDate(row.overriddenUntilMs)}`}>
            overridden
          </Chip>
        )}
      </Td>
      <Td>
        <RunningConfig revision={row.runningRevision} hash={row.runningHash} />
      </Td>
      <Td>
        <ConfigStateChip row={row} />
      </Td>
      <Td n>
        {row.sampleShare !== null && row.sampleShare > 0 && (
          <span className="mr-1.5">
            <SampleChip share={row.sampleShare} />
          </span>
        )}
        {formatRate(row.receivedPerS)}
      </Td>
      <Td n>{formatPercent(keptShare(row))}</Td>
      <Td n>{formatMs(row.ackP99Ms)}</Td>
      <Td n>{formatPercent(queueShare(row))}</Td>
      <Td n>{formatBytes(row.rssBytes)}</Td>
      <Td n className="text-ink-2">
        {row.lastSeenMs === null ? "never" : nowMs - row.lastSeenMs < 2500 ? "now" : `${formatAge(nowMs - row.lastSeenMs)} ago`}
      </Td>
    </>
  );
}
