"use client";

import { useMutation, useQueries, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { compareHref } from "#components/compare/compareHref.ts";
import { TryMenu } from "#components/compare/TryMenu.tsx";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { StartRolloutDialog } from "#components/rollouts/start/StartRolloutDialog.tsx";
import { Button } from "#components/ui/Button.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { ErrorState } from "#components/ui/ErrorState.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { ApplyPreviewBody } from "./ApplyPreviewBody.tsx";
import { ApplyProgressDialog } from "./ApplyProgressDialog.tsx";
import type { ApplyTarget } from "./applyTarget.ts";
import { type ChoosableGroup, GroupChoice, groupQuestion } from "./GroupChoice.tsx";

type ApplyDialogProps = { target: ApplyTarget; open: boolean; onOpenChange: (open: boolean) => void };

/** To which groups, confirm with what is expected, then who has taken it. Closing it while it is under way stops nothing. */
export function ApplyDialog({ target, open, onOpenChange }: ApplyDialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const { kind, id, version } = target;
  const listed = useQuery(trpc.groups.list.queryOptions({}, { enabled: open }));
  const groups = listed.data;
  const several = groups !== undefined && groups.length > 1;
  const [choice, setChoice] = useState<readonly string[] | null>(null);
  const [confirmed, setConfirmed] = useState(false);
  // The groups that ran a version of it when the dialog opened; what others apply meanwhile ticks nothing.
  if (groups !== undefined && choice === null)
    setChoice(several ? groups.filter((group) => group.hasOwnRevision && runsIt(group, target)).map(idOf) : groups.map(idOf));
  const chosen = choice ?? [];
  const previews = useQueries({
    queries: chosen.map((groupId) => trpc.revisions.preview.queryOptions({ kind, id, version, groupId }, { enabled: open, staleTime: 0, gcTime: 0 })),
  });
  const needsApproval = previews.some(({ data }) => data?.needsApproval === true);
  const unanswered = groups !== undefined && several && groupQuestion(groups, chosen) !== null && !confirmed;
  const blocked = groups === undefined || chosen.length === 0 || unanswered;
  const [started, setStarted] = useState<{ revisions: readonly number[]; atMs: number } | null>(null);
  const [inStages, setInStages] = useState(false);
  const [clickedAtMs, setClickedAtMs] = useState(0);
  const start = useMutation(
    trpc.revisions.start.mutationOptions({
      onSuccess: ({ revisions }) => setStarted({ revisions: revisions.map(({ revision }) => revision), atMs: clickedAtMs }),
    }),
  );
  const [message, setMessage] = useState("");
  const ask = useMutation(trpc.approvals.ask.mutationOptions({ onSuccess: (request) => router.push(`/approvals/${request.id}`) }));
  const what = `${target.name} v${version}`;
  const close = (next: boolean) => {
    onOpenChange(next);
    if (!next) {
      setStarted(null);
      setChoice(null);
      setConfirmed(false);
      start.reset();
      ask.reset();
    }
  };
  const stagedGroup = chosen.length === 1 ? groups?.find(({ id: groupId }) => groupId === chosen[0]) : undefined;
  // With one collector there is no smaller step; whoever is connected is known once the preview has come.
  const stages = stagedGroup !== undefined && (previews[0]?.data?.collectors ?? 0) > 1 && previews[0]?.data?.sameHash === false;
  if (inStages && stagedGroup)
    return <StartRolloutDialog target={target} group={stagedGroup} onBack={() => setInStages(false)} onClose={() => onOpenChange(false)} />;
  if (started) return <ApplyProgressDialog what={what} revisions={started.revisions} startedAtMs={started.atMs} open={open} onOpenChange={close} />;
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={needsApproval ? `Ask for approval of ${what}?` : `Apply ${what}?`}
      footer={
        <>
          {kind === "policy" && (
            <TryMenu
              label="Try first"
              variant="ghost"
              onTry={(over) => router.push(compareHref({ policy: id, version, over, ...(chosen.length === 1 && { group: chosen[0] }) }))}
            />
          )}
          <Button variant="ghost" onClick={() => close(false)}>
            Cancel
          </Button>
          {needsApproval ? (
            <Button
              variant="primary"
              busy={ask.isPending}
              disabled={blocked || chosen.length > 1}
              onClick={() => ask.mutate({ kind, id, version, groupId: chosen[0], ...(message.trim() !== "" && { message }) })}
            >
              Ask for approval
            </Button>
          ) : (
            <Button
              variant={stages ? "default" : "primary"}
              busy={start.isPending}
              disabled={blocked}
              onClick={() => {
                setClickedAtMs(performance.now());
                start.mutate({ kind, id, version, groupIds: [...chosen] });
              }}
            >
              {!several ? "Apply to all collectors" : chosen.length === 0 ? "Choose a group" : `Apply to ${applyWords(groups, chosen)}`}
            </Button>
          )}
          {stages && (
            <Button variant={needsApproval ? "default" : "primary"} onClick={() => setInStages(true)}>
              Roll out in stages…
            </Button>
          )}
        </>
      }
    >
      {groups === undefined &&
        (listed.isError ? (
          <ErrorState title="The groups could not be loaded" detail={describeError(listed.error).message} onRetry={() => void listed.refetch()} />
        ) : (
          <Skeleton className="h-[120px] w-full" />
        ))}
      {several && (
        <GroupChoice
          groups={groups}
          documentId={id}
          chosen={chosen}
          onChoose={(ids) => {
            setChoice(ids);
            setConfirmed(false);
          }}
          confirmed={confirmed}
          onConfirm={setConfirmed}
        />
      )}
      <div className="flex flex-col gap-4">
        {groups
          ?.filter((group) => chosen.includes(group.id))
          .map((group) => (
            <ApplyPreviewBody key={group.id} target={target} group={group} alone={!several} />
          ))}
      </div>
      {needsApproval && (
        <div className="mt-3 flex flex-col gap-3">
          <Note role="status">
            <b>Another person has to say yes.</b> It is applied once somebody with the role approver has approved it; nothing goes out until then.
            {chosen.length > 1 && " It is asked for one group at a time: choose one."}
          </Note>
          <Field label="Message" optional hint="Why, for whoever decides.">
            {(control) => <Input {...control} maxLength={500} value={message} onChange={(event) => setMessage(event.target.value)} />}
          </Field>
        </div>
      )}
      {ask.isError && (
        <Note tone="bad" role="alert" className="mt-3">
          It was not asked for. {describeError(ask.error).message}
        </Note>
      )}
      {start.isError && (
        <Note tone="bad" role="alert" className="mt-3">
          Nothing was applied. {describeError(start.error).message}
        </Note>
      )}
    </Dialog>
  );
}

function idOf({ id }: { id: string }): string {
  return id;
}

function runsIt({ documents }: ChoosableGroup, { id }: ApplyTarget): boolean {
  return documents.some((document) => document.id === id);
}

/** `Europe`, or `3 groups`. */
function applyWords(groups: readonly ChoosableGroup[], chosen: readonly string[]): string {
  return chosen.length === 1 ? (groups.find(({ id }) => id === chosen[0])?.name ?? "1 group") : `${chosen.length} groups`;
}
