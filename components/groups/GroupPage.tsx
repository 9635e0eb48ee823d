"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { LiveRollouts } from "#components/rollouts/elsewhere/LiveRollouts.tsx";
import { Button } from "#components/ui/Button.tsx";
import { Chip } from "#components/ui/Chip.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { toast } from "#components/ui/toast.ts";
import { GroupDrift } from "./GroupDrift.tsx";
import { GroupEditor } from "./GroupEditor.tsx";
import { GroupHistory } from "./GroupHistory.tsx";
import { GroupMembers } from "./GroupMembers.tsx";
import { GroupOverlaps } from "./GroupOverlaps.tsx";
import type { GroupView } from "./groupView.ts";
import { RunningVersions } from "./RunningVersions.tsx";
import { SelectorText } from "./SelectorText.tsx";

/** One group: what it runs, its collectors, which of them differ and why, and its history. `?edit=1` opens the form. */
export function GroupPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const group = useQuery(trpc.groups.get.queryOptions({ id }));
  return (
    <QueryView query={group} what="The group" skeleton={<Skeleton className="h-[320px] w-full rounded-panel" />}>
      {(data) => <Loaded group={data} />}
    </QueryView>
  );
}

function Loaded({ group }: { group: GroupView }) {
  const router = useRouter();
  const pathname = usePathname();
  const mayEdit = useMay("editor");
  const editing = useSearchParams().get("edit") === "1" && mayEdit && group.archivedAtMs === null;
  const setEditing = (on: boolean) => router.replace(on ? `${pathname}?edit=1` : pathname, { scroll: false });
  const differing = group.drifts.length + group.driftsLeftOut;
  return (
    <>
      <PageHead
        title={group.name}
        crumbs={[{ label: "Groups", href: "/groups" }, { label: group.name }]}
        aside={
          <>
            {group.isDefault && <Chip>default</Chip>}
            {differing > 0 ? (
              <StatusChip tone="warn">{formatCount(differing)} differ</StatusChip>
            ) : (
              group.members > 0 && <StatusChip tone="done">in sync</StatusChip>
            )}
          </>
        }
        sub={`${formatCount(group.members)} ${group.members === 1 ? "collector" : "collectors"}${group.isDefault ? "" : ` · priority ${group.priority}`}${group.description === "" ? "" : ` · ${group.description}`}`}
        actions={mayEdit && group.archivedAtMs === null && !editing && <Actions group={group} onEdit={() => setEditing(true)} />}
      />
      {group.archivedAtMs !== null && <ArchivedGroupNote id={group.id} name={group.name} mayEdit={mayEdit} />}
      {!editing && <LiveRollouts groupId={group.id} className="mb-3" />}
      {editing ? (
        <Editing group={group} onDone={() => setEditing(false)} />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-3">
            <Panel title="Selects">
              <p className="break-words">
                <SelectorText selector={group.selector} isDefault={group.isDefault} />
              </p>
              <GroupOverlaps overlaps={group.overlaps} />
            </Panel>
            <Panel
              title="Runs"
              flush
              aside={
                group.revision !== null && (
                  <span className="text-s text-ink-3">
                    revision {group.revision}
                    {group.appliedAtMs !== null && `, ${formatDate(group.appliedAtMs)}, ${group.appliedBy}`}
                  </span>
                )
              }
            >
              <RunningVersions documents={group.documents} />
              {!group.hasOwnRevision && (
                <p className="border-t border-line px-3 py-2 text-ink-2">
                  Nothing was applied to it yet: it runs what the default group runs. Open a policy, a destination or pipeline settings and apply a version to
                  it.
                </p>
              )}
            </Panel>
            <GroupDrift drifts={group.drifts} leftOut={group.driftsLeftOut} members={group.members} />
          </div>
          <div className="flex min-w-0 flex-col gap-3">
            <GroupMembers groupId={group.id} />
            <GroupHistory group={group} mayApply={mayEdit && group.archivedAtMs === null} />
          </div>
        </div>
      )}
    </>
  );
}

function Editing({ group, onDone }: { group: GroupView; onDone: () => void }) {
  const trpc = useTRPC();
  const { id, name, selector, priority, description, isDefault } = group;
  const [base] = useState({ name, selector, priority, description });
  const update = useMutation(
    trpc.groups.update.mutationOptions({
      onSuccess: () => {
        toast.ok("Saved. Collectors that changed groups are sent what they shall run.");
        onDone();
      },
    }),
  );
  return (
    <GroupEditor
      id={id}
      isDefault={isDefault}
      initial={{ ...base, priority: String(base.priority) }}
      saveLabel="Save"
      busy={update.isPending}
      error={update.error}
      onSave={(saved) => update.mutate({ id, base, ...saved })}
      onCancel={onDone}
    />
  );
}

function Actions({ group: { id, name, isDefault, members }, onEdit }: { group: GroupView; onEdit: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const restore = useMutation(trpc.groups.restore.mutationOptions({ onSuccess: () => toast.ok(`${name} is back.`) }));
  const archive = useMutation(
    trpc.groups.archive.mutationOptions({
      onSuccess: () => {
        toast.ok(`${name} is archived.`, { action: { label: "Undo", onClick: () => restore.mutate({ id }) } });
        router.push("/groups");
      },
    }),
  );
  return (
    <>
      {!isDefault && (
        <Button variant="ghost" onClick={() => setAsking(true)}>
          Archive…
        </Button>
      )}
      <Button onClick={onEdit}>Edit</Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Archive ${name}?`}
        description={
          members === 0
            ? "It has no collector. Its history stays, and it can be restored."
            : `Its ${members === 1 ? "collector goes" : `${formatCount(members)} collectors go`} to the next group that selects ${members === 1 ? "it" : "each"}, and at once run what that one runs. Its history stays, and it can be restored.`
        }
        confirmLabel="Archive"
        danger
        busy={archive.isPending}
        onConfirm={() => archive.mutate({ id })}
      >
        {archive.isError && (
          <Note tone="bad" role="alert">
            Nothing was changed. {describeError(archive.error).message}
          </Note>
        )}
      </ConfirmDialog>
    </>
  );
}

function ArchivedGroupNote({ id, name, mayEdit }: { id: string; name: string; mayEdit: boolean }) {
  const trpc = useTRPC();
  const restore = useMutation(
    trpc.groups.restore.mutationOptions({ onSuccess: () => toast.ok(`${name} is back.`), onError: (error) => toast.error(describeError(error).message) }),
  );
  return (
    <Note
      tone="warn"
      role="status"
      className="mb-3"
      action={
        mayEdit && (
          <Button size="small" busy={restore.isPending} onClick={() => restore.mutate({ id })}>
            Restore
          </Button>
        )
      }
    >
      <b>{name} is archived.</b> It selects no collector; its history is still here.
    </Note>
  );
}
