"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { formatAge, formatDate } from "#components/format/formatDuration.ts";
import { type RunningVersion, RunningVersions } from "#components/groups/RunningVersions.tsx";
import { Button } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { toast } from "#components/ui/toast.ts";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { OverrideDialog } from "./OverrideDialog.tsx";

export type CollectorOverride = { revision: number; reason: string; authorName: string; createdAtMs: number; expiresAtMs: number };
type CollectorGroupPanelProps = { row: CollectorRow; override: CollectorOverride | null; documents: readonly RunningVersion[]; nowMs: number };

/** Which group it is in, what it shall run, and what overrides that. */
export function CollectorGroupPanel({ row, override, documents, nowMs }: CollectorGroupPanelProps) {
  const trpc = useTRPC();
  const mayEdit = useMay("editor");
  const [overriding, setOverriding] = useState(false);
  const end = useMutation(
    trpc.fleet.endOverride.mutationOptions({
      onSuccess: () => toast.ok(`${row.name} runs what its group runs.`),
      onError: (error) => toast.error(describeError(error).message),
    }),
  );
  return (
    <Panel
      title="What it shall run"
      flush
      actions={
        mayEdit && (
          <Button size="small" onClick={() => setOverriding(true)}>
            {override ? "Override anew…" : "Override…"}
          </Button>
        )
      }
    >
      <dl>
        <div className="flex min-h-[32px] items-center gap-3 border-b border-line px-3 py-1">
          <dt className="w-[88px] shrink-0 text-ink-3">Group</dt>
          <dd className="min-w-0 break-words">
            {row.group === null ? (
              <span className="text-ink-3">not known yet</span>
            ) : (
              <Link href={`/groups/${row.group.id}`} className="font-[550] underline decoration-line-strong underline-offset-[3px]">
                {row.group.name}
              </Link>
            )}
            {row.otherGroups.length > 0 && (
              <span className="text-ink-3">
                {" "}
                · also selected by{" "}
                {row.otherGroups.map((group, index) => (
                  <span key={group.id}>
                    {index > 0 && ", "}
                    <Link href={`/groups/${group.id}`} className="underline underline-offset-2">
                      {group.name}
                    </Link>
                  </span>
                ))}
              </span>
            )}
          </dd>
        </div>
      </dl>
      <RunningVersions documents={documents} />
      {override && (
        <Note
          role="status"
          className="m-3"
          action={
            mayEdit && (
              <Button size="small" busy={end.isPending} onClick={() => end.mutate({ id: row.id })}>
                End it now
              </Button>
            )
          }
        >
          <b>Overridden until {formatDate(override.expiresAtMs)}</b>
          {override.expiresAtMs > nowMs && ` (${formatAge(override.expiresAtMs - nowMs)} left)`} by {override.authorName}: “{override.reason}”. Then it runs
          what its group runs, by itself.
        </Note>
      )}
      {overriding && <OverrideDialog id={row.id} name={row.name} documents={documents} onClose={() => setOverriding(false)} />}
    </Panel>
  );
}
