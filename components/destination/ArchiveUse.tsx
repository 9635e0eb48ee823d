"use client";

import { useLiveTopic } from "#components/data/useLive.ts";
import { formatBytes } from "#components/format/formatBytes.ts";

/** How full the archive of each collector is right now, as it reports itself. */
export function ArchiveUse() {
  const rows = useLiveTopic({ kind: "collectors" })?.event.rows;
  const archives = rows?.flatMap((row) =>
    row.archiveBytes !== null && row.archiveBytesMax !== null ? [{ ...row, bytes: row.archiveBytes, bytesMax: row.archiveBytesMax }] : [],
  );
  if (!archives) return <p className="text-s text-ink-3">How full the archives are shows when the live connection is up.</p>;
  if (archives.length === 0) return <p className="text-s text-ink-3">No collector reports an archive.</p>;
  return (
    <ul aria-label="Archives in use" className="flex flex-col gap-1.5">
      {archives.map((row) => (
        <li key={row.id} className="flex flex-wrap items-center gap-x-3">
          <span className="min-w-[140px] truncate">{row.name}</span>
          <span aria-hidden="true" className="h-[5px] w-[140px] overflow-hidden rounded-full bg-hover">
            <span className="block h-full bg-kept" style={{ width: `${row.bytesMax > 0 ? Math.min(100, (row.bytes / row.bytesMax) * 100) : 0}%` }} />
          </span>
          <span className="num text-ink-2">
            {formatBytes(row.bytes)} of {formatBytes(row.bytesMax)}
          </span>
        </li>
      ))}
    </ul>
  );
}
