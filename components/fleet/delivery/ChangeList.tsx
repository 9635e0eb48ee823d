"use client";

import { useState } from "react";
import { formatClock } from "#components/format/formatDuration.ts";
import { changeDetail, changeWord } from "#components/live/delivery/changeWords.ts";
import { foldProbes } from "#components/live/delivery/foldProbes.ts";
import { keyOfChange } from "#components/live/delivery/mergeChanges.ts";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import type { DeliveryChange } from "#domain/telemetry/delivery.ts";

const SHOWN_FIRST = 20;

/** Changes of breakers, logs and memory over 15 minutes, newest first. */
export function ChangeList({ changes, leftOut }: { changes: readonly DeliveryChange[]; leftOut: number }) {
  const [all, setAll] = useState(false);
  if (changes.length === 0)
    return <EmptyState title="No change in the last 15 minutes">Breakers, write-ahead logs and memory stayed in the states they are in.</EmptyState>;
  const newest = foldProbes(changes).reverse();
  const shown = all ? newest : newest.slice(0, SHOWN_FIRST);
  return (
    <>
      <ol className="border-t border-line">
        {shown.map((folded) => {
          const { change } = folded;
          const { word, tone } = changeWord(change);
          const more = changeDetail(folded, false);
          return (
            <li key={keyOfChange(change)} className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1 border-b border-line px-3 py-1.5 last:border-b-0">
              <span className="num text-s text-ink-3">{formatClock(change.atMs, true)}</span>
              <StatusChip tone={tone}>{word}</StatusChip>
              {more !== "" && <span className="min-w-0 flex-1 basis-[180px] break-words text-ink-2">{more}</span>}
            </li>
          );
        })}
      </ol>
      {(newest.length > shown.length || leftOut > 0) && (
        <p className="flex flex-wrap items-center gap-2 border-t border-line px-3 py-2 text-s text-ink-2">
          {newest.length > shown.length && (
            <Button size="small" onClick={() => setAll(true)}>
              Show all {newest.length}
            </Button>
          )}
          {leftOut > 0 && `${leftOut} older ones were too many to keep.`}
        </p>
      )}
    </>
  );
}
