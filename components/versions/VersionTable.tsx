"use client";

import Link from "next/link";
import { formatDate } from "#components/format/formatDuration.ts";
import { Chip } from "#components/ui/Chip.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { useVirtualRows } from "#components/ui/useVirtualRows.tsx";

export type VersionRow = { number: number; authorName: string; createdAtMs: number; message: string | null; appliedRevision: number | null };

type VersionTableProps = {
  versions: readonly VersionRow[];
  runningVersion: number | null;
  /** The two versions that are compared, older first. */
  compared: readonly [number, number];
  onCompare: (from: number, to: number) => void;
  hrefOf: (version: number) => string;
};

/** Every version there is; two of them are chosen for the comparison, and each can be opened. */
export function VersionTable({ versions, runningVersion, compared, onCompare, hrefOf }: VersionTableProps) {
  const [from, to] = compared;
  const virtual = useVirtualRows({ count: versions.length, columns: 7 });
  return (
    <div {...virtual.frame}>
      <Table label="Versions" {...virtual.table}>
        <thead>
          <tr>
            <Th>From</Th>
            <Th>To</Th>
            <Th>Version</Th>
            <Th>Saved</Th>
            <Th>By</Th>
            <Th className="w-full">Message</Th>
            <Th>Applied</Th>
          </tr>
        </thead>
        <tbody>
          {virtual.before}
          {virtual.indices.map((index) => {
            const version = versions[index];
            return (
              <Tr key={version.number} {...virtual.row(index)} selected={version.number === from || version.number === to}>
                <Td>
                  <input
                    type="radio"
                    name="compare-from"
                    aria-label={`Compare from version ${version.number}`}
                    className="accent-accent"
                    checked={version.number === from}
                    onChange={() => onCompare(version.number, to)}
                  />
                </Td>
                <Td>
                  <input
                    type="radio"
                    name="compare-to"
                    aria-label={`Compare to version ${version.number}`}
                    className="accent-accent"
                    checked={version.number === to}
                    onChange={() => onCompare(from, version.number)}
                  />
                </Td>
                <Td>
                  <span className="flex items-center gap-1.5">
                    <Link href={hrefOf(version.number)} className="font-semibold hover:underline">
                      v{version.number}
                    </Link>
                    {version.number === runningVersion && <StatusChip tone="ok">running</StatusChip>}
                  </span>
                </Td>
                <Td className="num">{formatDate(version.createdAtMs)}</Td>
                <Td>{version.authorName}</Td>
                <Td className="max-w-[420px] min-w-[160px] whitespace-normal!">{version.message ?? <span className="text-ink-3">—</span>}</Td>
                <Td>
                  {version.appliedRevision === null ? <span className="text-ink-3">never</span> : <Chip outline>revision {version.appliedRevision}</Chip>}
                </Td>
              </Tr>
            );
          })}
          {virtual.after}
        </tbody>
      </Table>
    </div>
  );
}
