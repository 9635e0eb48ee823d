"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { StopAllButton } from "#components/rollouts/hold/StopAllButton.tsx";
import { Button } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { toast } from "#components/ui/toast.ts";
import type { ChangesHold, FreezeWindow } from "#domain/fleet/rollout/rolloutView.ts";
import { FreezeWindowForm } from "./FreezeWindowForm.tsx";
import { freezeWords } from "./freezeDraft.ts";

/** When no change goes out: freeze windows, and stopping all of them now. */
export function ChangesPanel() {
  const trpc = useTRPC();
  const hold = useQuery(trpc.rollouts.hold.queryOptions());
  return (
    <Panel title="Freeze windows" aside={<span className="text-s text-ink-3">when nothing is applied and no stage opens</span>} actions={<StopAllButton />}>
      <span id="freeze" className="block scroll-mt-16" />
      <QueryView query={hold} what="The list of freeze windows" skeleton={<SkeletonRows rows={1} columns={2} />}>
        {(data) => <Windows hold={data} />}
      </QueryView>
    </Panel>
  );
}

function Windows({ hold: { windows, mayChange, freeze } }: { hold: ChangesHold }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const set = useMutation(
    trpc.rollouts.setFreezeWindows.mutationOptions({
      onSuccess: (held) => {
        queries.setQueryData(trpc.rollouts.hold.queryKey(), held);
        setAdding(false);
      },
    }),
  );
  const remove = (window: FreezeWindow) =>
    set.mutate(
      { windows: windows.filter((one) => one !== window) },
      { onSuccess: () => toast.ok(`${window.name} is removed.`, { action: { label: "Undo", onClick: () => set.mutate({ windows }) } }) },
    );
  return (
    <div className="flex flex-col gap-2">
      {windows.length === 0 ? (
        <p className="text-ink-2">There is none: changes may go out at any time.{!mayChange && " Admins change this."}</p>
      ) : (
        <ul aria-label="Freeze windows" className="rounded-control border border-line">
          {windows.map((window) => (
            <li key={JSON.stringify(window)} className="flex min-h-[36px] items-center gap-2 border-b border-line px-2.5 py-1 last:border-b-0">
              <span className="min-w-0 flex-1 break-words">
                <b>{window.name}</b> <span className="num text-ink-2">{freezeWords(window, formatDate)}</span>
                {freeze?.name === window.name && <span className="text-warn"> · on until {formatDate(freeze.untilMs)}</span>}
              </span>
              {mayChange && (
                <Button size="icon" variant="ghost" aria-label={`Remove ${window.name}`} disabled={set.isPending} onClick={() => remove(window)}>
                  <Trash2 aria-hidden />
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayChange && !adding && (
        <Button size="small" className="self-start" onClick={() => setAdding(true)}>
          Add a window…
        </Button>
      )}
      {adding && <FreezeWindowForm busy={set.isPending} onAdd={(window) => set.mutate({ windows: [...windows, window] })} onCancel={() => setAdding(false)} />}
      {set.isError && (
        <Note tone="bad" role="alert">
          Nothing was changed. {describeError(set.error).message}
        </Note>
      )}
    </div>
  );
}
