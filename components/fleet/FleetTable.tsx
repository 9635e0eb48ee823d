"use client";

import { useRouter } from "next/navigation";
import { Table, Th, Tr } from "#components/ui/Table.tsx";
import { useVirtualRows } from "#components/ui/useVirtualRows.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { FleetRow } from "./FleetRow.tsx";
import type { Sort, SortKey } from "./fleetRows.ts";

const COLUMNS: { key: SortKey | null; label: string; figure?: boolean }[] = [
  { key: "name", label: "Collector" },
  { key: "state", label: "State" },
  { key: "version", label: "Version" },
  { key: null, label: "Labels" },
  { key: null, label: "Group" },
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
  const virtual = useVirtualRows({ count: rows.length, columns: COLUMNS.length });
  return (
    <div {...virtual.frame}>
      <Table label="Collectors" {...virtual.table}>
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
          {virtual.before}
          {virtual.indices.map((index) => {
            const row = rows[index];
            return (
              <Tr key={row.id} {...virtual.row(index)} onOpen={() => router.push(`/fleet/${row.id}`)} data-collector={row.name}>
                <FleetRow row={row} nowMs={nowMs} />
              </Tr>
            );
          })}
          {virtual.after}
        </tbody>
      </Table>
    </div>
  );
}
