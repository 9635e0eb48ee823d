"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { FleetRow } from "./FleetRow.tsx";
import type { Sort, SortKey } from "./fleetRows.ts";

/** Above this many rows only those near the screen are drawn. */
const VIRTUAL_ABOVE = 200;
const ROW_PX = 33;

const COLUMNS: { key: SortKey | null; label: string; figure?: boolean }[] = [
  { key: "name", label: "Collector" },
  { key: "state", label: "State" },
  { key: "version", label: "Version" },
  { key: null, label: "Labels" },
  { key: "config", label: "Runs" },
  { key: null, label: "Config" },
  { key: "received", label: "In, spans/s", figure: true },
  { key: "kept", label: "Kept", figure: true },
  { key: "p99", label: "P99", figure: true },
  { key: "queue", label: "Queue", figure: true },
  { key: "memory", label: "Memory", figure: true },
  { key: "lastSeen", label: "Last seen", figure: true },
];

type FleetTableProps = { rows: readonly CollectorRow[]; sort: Sort; onSort: (sort: Sort) => void; nowMs: number };

export function FleetTable({ rows, sort, onSort, nowMs }: FleetTableProps) {
  const router = useRouter();
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const virtual = rows.length > VIRTUAL_ABOVE;
  const virtualizer = useWindowVirtualizer({ count: virtual ? rows.length : 0, estimateSize: () => ROW_PX, overscan: 20, scrollMargin: top });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands above the table moves when the number of rows does
  useEffect(() => setTop(frame.current?.offsetTop ?? 0), [rows.length]);
  const items = virtualizer.getVirtualItems();
  const shown = virtual ? items.map((item) => rows[item.index]) : rows;
  const above = virtual && items.length > 0 ? items[0].start - top : 0;
  const below = virtual && items.length > 0 ? virtualizer.getTotalSize() - (items[items.length - 1].end - top) : 0;
  return (
    <div ref={frame}>
      <Table label="Collectors" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {COLUMNS.map(({ key, label, figure }) => (
              <Th key={label} n={figure} aria-sort={key === sort.key ? (sort.descending ? "descending" : "ascending") : undefined}>
                {key === null ? (
                  label
                ) : (
                  <button
                    type="button"
                    className="font-medium hover:text-ink"
                    onClick={() => onSort({ key, descending: key === sort.key ? !sort.descending : figure === true })}
                  >
                    {label}
                    <span aria-hidden="true" className="inline-block w-[12px] text-center">
                      {key === sort.key ? (sort.descending ? "↓" : "↑") : ""}
                    </span>
                  </button>
                )}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Spacer px={above} />}
          {shown.map((row) => (
            <Tr key={row.id} onOpen={() => router.push(`/fleet/${row.id}`)} data-collector={row.name}>
              <FleetRow row={row} nowMs={nowMs} />
            </Tr>
          ))}
          {below > 0 && <Spacer px={below} />}
        </tbody>
      </Table>
    </div>
  );
}

function Spacer({ px }: { px: number }) {
  return (
    <tr>
      <Td colSpan={COLUMNS.length} className="p-0!" style={{ height: px }} />
    </tr>
  );
}
