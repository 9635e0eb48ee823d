"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { formatMs } from "#components/format/formatDuration.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { ErrorState } from "#components/ui/ErrorState.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { StatusShape } from "#components/ui/StatusChip.tsx";
import { ApplyPreviewBody } from "./ApplyPreviewBody.tsx";
import { applySentence } from "./applyProgress.ts";
import type { ApplyTarget } from "./applyTarget.ts";
import { CarryOverLine } from "./CarryOverLine.tsx";
import { CollectorAcknowledgements } from "./CollectorAcknowledgements.tsx";
import { addCarryOvers } from "./carryOverInWords.ts";
import { useApplyProgress } from "./useApplyProgress.ts";

type ApplyDialogProps = { target: ApplyTarget; open: boolean; onOpenChange: (open: boolean) => void };

/** Confirm with what is expected, then who has taken it. Closing it while it is under way stops nothing. */
export function ApplyDialog({ target, open, onOpenChange }: ApplyDialogProps) {
  const trpc = useTRPC();
  const [started, setStarted] = useState<{ revision: number; atMs: number } | null>(null);
  const [clickedAtMs, setClickedAtMs] = useState(0);
  const start = useMutation(trpc.revisions.start.mutationOptions({ onSuccess: ({ revision }, _input) => setStarted({ revision, atMs: clickedAtMs }) }));
  const what = `${target.name} v${target.version}`;
  const close = (next: boolean) => {
    onOpenChange(next);
    if (!next) {
      setStarted(null);
      start.reset();
    }
  };
  if (started) return <Progress what={what} revision={started.revision} startedAtMs={started.atMs} open={open} onOpenChange={close} />;
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={`Apply ${what}?`}
      footer={
        <>
          <Button variant="ghost" onClick={() => close(false)}>
            Cancel
          </Button>
          <Button
            variant="primary"
            busy={start.isPending}
            onClick={() => {
              setClickedAtMs(performance.now());
              start.mutate({ kind: target.kind, id: target.id, version: target.version });
            }}
          >
            Apply to all collectors
          </Button>
        </>
      }
    >
      <ApplyPreviewBody target={target} />
      {start.isError && (
        <Note tone="bad" role="alert" className="mt-3">
          Nothing was applied. {describeError(start.error).message}
        </Note>
      )}
    </Dialog>
  );
}

type ProgressProps = { what: string; revision: number; startedAtMs: number; open: boolean; onOpenChange: (open: boolean) => void };

function Progress({ what, revision, startedAtMs, open, onOpenChange }: ProgressProps) {
  const { status, collectors, summary, tookMs } = useApplyProgress(revision, startedAtMs);
  const done = summary?.done === true;
  const failed = (summary?.failed ?? 0) > 0;
  const carried = addCarryOvers(collectors?.map((collector) => collector.carryOver) ?? []);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`${done ? (failed ? "Applied in part" : "Applied") : "Applying"}: ${what}`}
      description={`Revision ${revision}`}
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
      ) : status.isError ? (
        <ErrorState
          title="The progress could not be loaded"
          detail={describeError(status.error).message}
          next="The change was applied all the same; collectors take it in their own time."
          onRetry={() => void status.refetch()}
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
