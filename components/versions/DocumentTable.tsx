"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { formatDate } from "#components/format/formatDuration.ts";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";

type Row = { id: string; name: string; currentVersion: number; updatedAtMs: number; updatedBy: string; runningVersion: number | null };

type DocumentTableProps<R extends Row> = {
  label: string;
  /** Where documents of this kind are: `/sampling`. */
  href: string;
  rows: readonly R[];
  /** Head of the column that says whether it runs, and its words. */
  runs: { head: string; yes: (version: number) => ReactNode; no: string };
  /** A figure of each between name and version. */
  figure?: { head: string; of: (row: R) => ReactNode };
};

/** All documents of a kind: what each is called, where it runs, who changed it last. */
export function DocumentTable<R extends Row>({ label, href, rows, runs, figure }: DocumentTableProps<R>) {
  const router = useRouter();
  return (
    <Table label={label}>
      <thead>
        <tr>
          <Th className="w-full">Name</Th>
          {figure && <Th n>{figure.head}</Th>}
          <Th>Version</Th>
          <Th>{runs.head}</Th>
          <Th>Updated</Th>
          <Th>By</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.id} onOpen={() => router.push(`${href}/${row.id}`)}>
            <Td className="min-w-[160px]">
              <Link href={`${href}/${row.id}`} className="font-semibold hover:underline">
                {row.name}
              </Link>
            </Td>
            {figure && <Td n>{figure.of(row)}</Td>}
            <Td>
              <Link href={`${href}/${row.id}/history`} className="hover:underline">
                v{row.currentVersion}
              </Link>
            </Td>
            <Td>
              {row.runningVersion !== null ? <StatusChip tone="ok">{runs.yes(row.runningVersion)}</StatusChip> : <span className="text-ink-3">{runs.no}</span>}
            </Td>
            <Td className="num">{formatDate(row.updatedAtMs)}</Td>
            <Td>{row.updatedBy}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
