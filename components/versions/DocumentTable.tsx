"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { formatDate } from "#components/format/formatDuration.ts";
import { Chip } from "#components/ui/Chip.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { useVirtualRows } from "#components/ui/useVirtualRows.tsx";
import { DEFAULT_GROUP_ID } from "#domain/fleet/membership.ts";
import type { DraftPlace } from "./foundDraft.ts";
import { type PlaceOfRunning, placesInWords } from "./placesInWords.ts";
import { useDrafts } from "./useDrafts.ts";

export type DocumentRow = {
  id: string;
  name: string;
  currentVersion: number;
  updatedAtMs: number;
  updatedBy: string;
  runningVersion: number | null;
  lastChange: { sentence: string; more: number } | null;
  runsIn: readonly (PlaceOfRunning & { groupId: string })[];
};
type Figure<R> = { head: string; of: (row: R) => ReactNode };

export type DocumentTableProps<R extends DocumentRow> = {
  label: string;
  kind: DraftPlace["kind"];
  /** Where documents of this kind are: `/sampling`. */
  href: string;
  rows: readonly R[];
  /** Head of the column that says whether it runs, and its words. */
  runs: { head: string; yes: (version: number) => ReactNode; no: string };
  /** A figure of each between name and version. */
  figure?: Figure<R>;
  /** Figures of each that are measured while it runs. */
  measured?: readonly Figure<R>[];
};

/** All documents of a kind: what each is called, where it runs, who changed it last. */
export function DocumentTable<R extends DocumentRow>({ label, kind, href, rows, runs, figure, measured = [] }: DocumentTableProps<R>) {
  const router = useRouter();
  const drafts = new Map(useDrafts(kind).map((draft) => [draft.key, draft.savedAtMs]));
  const virtual = useVirtualRows({ count: rows.length, columns: 6 + (figure ? 1 : 0) + measured.length });
  return (
    <div {...virtual.frame}>
      <Table label={label} {...virtual.table}>
        <thead>
          <tr>
            <Th className="w-full">Name</Th>
            {figure && <Th n>{figure.head}</Th>}
            <Th>Version</Th>
            <Th>{runs.head}</Th>
            {measured.map(({ head }) => (
              <Th key={head} n>
                {head}
              </Th>
            ))}
            <Th>Last change</Th>
            <Th>Updated</Th>
            <Th>By</Th>
          </tr>
        </thead>
        <tbody>
          {virtual.before}
          {virtual.indices.map((index) => {
            const row = rows[index];
            return (
              <Tr key={row.id} {...virtual.row(index)} onOpen={() => router.push(`${href}/${row.id}`)}>
                <Td className="min-w-[160px]">
                  <Link href={`${href}/${row.id}`} className="font-semibold hover:underline">
                    {row.name}
                  </Link>
                  {drafts.has(row.id) && (
                    <Chip className="ml-2" title={`You have unsaved changes from ${formatDate(drafts.get(row.id) ?? 0)}`}>
                      draft
                    </Chip>
                  )}
                </Td>
                {figure && <Td n>{figure.of(row)}</Td>}
                <Td>
                  <Link href={`${href}/${row.id}/history`} className="hover:underline">
                    v{row.currentVersion}
                  </Link>
                </Td>
                <Td>
                  {row.runningVersion !== null ? (
                    <StatusChip tone="ok">{runsInDefaultAlone(row) ? runs.yes(row.runningVersion) : placesInWords(row.runsIn)}</StatusChip>
                  ) : (
                    <span className="text-ink-3">{runs.no}</span>
                  )}
                </Td>
                {measured.map(({ head, of }) => (
                  <Td key={head} n>
                    {of(row)}
                  </Td>
                ))}
                <Td className="max-w-[260px] truncate text-ink-2" title={row.lastChange?.sentence}>
                  {row.lastChange ? `${row.lastChange.sentence}${row.lastChange.more > 0 ? `, and ${row.lastChange.more} more` : ""}` : "—"}
                </Td>
                <Td className="num">{formatDate(row.updatedAtMs)}</Td>
                <Td>{row.updatedBy}</Td>
              </Tr>
            );
          })}
          {virtual.after}
        </tbody>
      </Table>
    </div>
  );
}

function runsInDefaultAlone({ runsIn }: DocumentRow): boolean {
  return runsIn.length === 1 && runsIn[0].groupId === DEFAULT_GROUP_ID && runsIn[0].collector === null;
}
