"use client";

import { describeError } from "#components/data/describeError.ts";
import { formatMs } from "#components/format/formatDuration.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { ErrorState } from "#components/ui/ErrorState.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { StatusShape } from "#components/ui/StatusChip.tsx";
import { applySentence } from "./applyProgress.ts";
import { CarryOverLine } from "./CarryOverLine.tsx";
import { CollectorAcknowledgements } from "./CollectorAcknowledgements.tsx";
import { addCarryOvers } from "./carryOverInWords.ts";
import { useApplyProgress } from "./useApplyProgress.ts";

type ProgressProps = { what: string; revisions: readonly number[]; startedAtMs: number; open: boolean; onOpenChange: (open: boolean) => void };

/** Who has taken the revisions of one apply so far. Closing it while it is under way stops nothing. */
export function ApplyProgressDialog({ what, revisions, startedAtMs, open, onOpenChange }: ProgressProps) {
  const { error, refetch, collectors, summary, tookMs } = useApplyProgress(revisions, startedAtMs);
  const done = summary?.done === true;
  const failed = (summary?.failed ?? 0) > 0;
  const carried = addCarryOvers(collectors?.map((collector) => collector.carryOver) ?? []);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`${done ? (failed ? "Applied in part" : "Applied") : "Applying"}: ${what}`}
      description={`${revisions.length === 1 ? "Revision" : "Revisions"} ${revisions.join(", ")}`}
      footer={
        <>
          <Button variant={done ? "ghost" : "default"} onClick={() => onOpenChange(false)}>
            {done ? "Done" : "Close, it goes on"}
          </Button>
          <ButtonLink variant={done ? "primary" : "default"} href="/live">
            Watch it on Live
          </ButtonLink>
        </>
      }
    >
      {collectors && summary ? (
        <div data-apply={done ? "done" : "running"}>
          <p role="status" className="mb-2 flex items-start gap-1.5 text-l">
            <span className={done ? (failed ? "mt-[7px] text-bad" : "mt-[7px] text-ok") : "mt-[7px] text-info"}>
              <StatusShape tone={done ? (failed ? "bad" : "done") : "busy"} />
            </span>
            {applySentence(summary, tookMs === null ? null : formatMs(tookMs))}
          </p>
          <progress aria-label="Collectors that have answered" className="sr-only" max={summary.total} value={summary.applied + summary.failed} />
          <div aria-hidden="true" className="mb-3 flex h-[6px] overflow-hidden rounded-full bg-hover">
            <span className="bg-ok transition-[width]" style={{ width: share(summary.applied, summary.total) }} />
            <span className="bg-bad transition-[width]" style={{ width: share(summary.failed, summary.total) }} />
          </div>
          {carried && collectors.length > 1 && <CarryOverLine carryOver={carried} className="-mt-1.5 mb-3" />}
          {collectors.length > 0 && <CollectorAcknowledgements collectors={collectors} />}
        </div>
      ) : error !== null ? (
        <ErrorState
          title="The progress could not be loaded"
          detail={describeError(error).message}
          next="The change was applied all the same; collectors take it in their own time."
          onRetry={refetch}
        />
      ) : (
        <Skeleton className="h-[90px] w-full" />
      )}
    </Dialog>
  );
}

function share(part: number, whole: number): string {
  return whole === 0 ? "0%" : `${(part / whole) * 100}%`;
}
