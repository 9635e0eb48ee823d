"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApplyProgressDialog } from "#components/apply/ApplyProgressDialog.tsx";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { formatAge } from "#components/format/formatDuration.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Kbd } from "#components/ui/Kbd.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { toast } from "#components/ui/toast.ts";
import { usePageKeys } from "#components/ui/usePageKeys.ts";
import type { RequestState } from "#domain/approval/changeRequest.ts";
import { RejectDialog } from "./RejectDialog.tsx";
import { RequestFacts } from "./RequestFacts.tsx";
import { REQUEST_WORDS } from "./requestWords.ts";

const DOCUMENT_PAGES = { policy: "/sampling", destination: "/destination", pipeline: "/pipeline" };

export type Request = {
  id: string;
  kind: string;
  state: RequestState;
  title: string;
  sentences: string[];
  message: string | null;
  groupId: string | null;
  groupName: string | null;
  baseRevision: number | null;
  askedByName: string;
  askedAtMs: number;
  expiresAtMs: number;
  decidedByName: string | null;
  decidedAtMs: number | null;
  reason: string | null;
  revision: number | null;
  isOwn: boolean;
  problem: string | null;
  document: { kind: "policy" | "destination" | "pipeline"; id: string; version: number } | null;
};

/** One request: what would change, who asks and why, and the decision. `a` approves, `r` rejects. */
export function RequestPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const request = useQuery(trpc.approvals.get.queryOptions({ id }));
  return (
    <QueryView query={request} what="The request" skeleton={<Skeleton className="h-[260px] w-full rounded-panel" />}>
      {(data) => <Loaded request={data} />}
    </QueryView>
  );
}

function Loaded({ request }: { request: Request }) {
  const trpc = useTRPC();
  const [asking, setAsking] = useState<"approve" | "reject" | null>(null);
  const [progress, setProgress] = useState<{ revision: number; atMs: number } | null>(null);
  const approve = useMutation(
    trpc.approvals.approve.mutationOptions({
      onSuccess: ({ revision }) => {
        setAsking(null);
        toast.ok(`Approved: ${request.title}`);
        if (revision !== null) setProgress({ revision, atMs: performance.now() });
      },
    }),
  );
  const withdraw = useMutation(trpc.approvals.withdraw.mutationOptions({ onSuccess: () => toast.ok(`Withdrawn: ${request.title}`) }));
  const { tone, word } = REQUEST_WORDS[request.state];
  const mayDecide = request.problem === null;
  usePageKeys(mayDecide ? { a: () => setAsking("approve"), r: () => setAsking("reject") } : {});
  const place = request.groupName === null ? "" : ` in ${request.groupName}`;
  return (
    <>
      <PageHead
        title={request.title}
        crumbs={[{ label: "Approvals", href: "/approvals" }, { label: request.title }]}
        aside={<StatusChip tone={tone}>{word}</StatusChip>}
        sub={`${request.isOwn ? "You" : request.askedByName} asked ${formatAge(Date.now() - request.askedAtMs)} ago${place}`}
        actions={
          <>
            {request.state === "pending" && request.isOwn && (
              <Button busy={withdraw.isPending} onClick={() => withdraw.mutate({ id: request.id })}>
                Withdraw
              </Button>
            )}
            {mayDecide && (
              <>
                <Button onClick={() => setAsking("reject")}>
                  Reject… <Kbd>r</Kbd>
                </Button>
                <Button variant="primary" onClick={() => setAsking("approve")}>
                  Approve… <Kbd>a</Kbd>
                </Button>
              </>
            )}
          </>
        }
      />
      <div className="flex max-w-[980px] flex-col gap-3">
        {withdraw.isError && (
          <Note tone="bad" role="alert">
            It was not withdrawn. {describeError(withdraw.error).message}
          </Note>
        )}
        {request.state === "pending" && request.problem !== null && (
          <Note role="status">
            <b>You can't decide on it.</b> {request.isOwn ? "You asked for it: another person has to." : `${capitalised(request.problem)}.`}
          </Note>
        )}
        {(request.state === "stale" || request.state === "expired") && (
          <Note tone="warn" role="status">
            <b>It can't be approved any more:</b> {request.problem}.
          </Note>
        )}
        <Panel
          title="What changes"
          actions={
            request.document && (
              <ButtonLink size="small" href={`${DOCUMENT_PAGES[request.document.kind]}/${request.document.id}/versions/${request.document.version}`}>
                Open v{request.document.version}
              </ButtonLink>
            )
          }
        >
          {request.sentences.length === 0 ? (
            <p className="text-ink-2">Nothing that is set; the document or its version is another one.</p>
          ) : (
            <ul aria-label="What changes" className="list-disc pl-5">
              {request.sentences.map((sentence) => (
                <li key={sentence} className="wrap-anywhere">
                  {sentence}
                </li>
              ))}
            </ul>
          )}
          {request.baseRevision !== null && (
            <p className="mt-2 text-s text-ink-3">
              Against revision {request.baseRevision}, which ran when it was asked for. When that changes, the request goes stale.
            </p>
          )}
        </Panel>
        <RequestFacts request={request} />
      </div>
      <ConfirmDialog
        open={asking === "approve"}
        onOpenChange={(open) => {
          if (open) return;
          setAsking(null);
          approve.reset();
        }}
        title={`Approve ${request.title}?`}
        description={
          request.kind === "setting"
            ? "It holds at once, under both names."
            : request.kind === "rollout"
              ? `The rollout starts at once with its first stage, under ${request.askedByName}'s name and yours.`
              : `It goes out to the collectors of ${request.groupName ?? "the group"} at once, under ${request.askedByName}'s name and yours.`
        }
        confirmLabel={request.kind === "setting" ? "Approve" : request.kind === "rollout" ? "Approve and start" : "Approve and apply"}
        busy={approve.isPending}
        onConfirm={() => approve.mutate({ id: request.id })}
      >
        {approve.isError && (
          <Note tone="bad" role="alert">
            Nothing was applied. {describeError(approve.error).message}
          </Note>
        )}
      </ConfirmDialog>
      {asking === "reject" && <RejectDialog request={request} onClose={() => setAsking(null)} />}
      {progress && (
        <ApplyProgressDialog
          what={request.title}
          revisions={[progress.revision]}
          startedAtMs={progress.atMs}
          open
          onOpenChange={(open) => {
            if (!open) setProgress(null);
          }}
        />
      )}
    </>
  );
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
