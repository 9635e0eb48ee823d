"use client";

import { useMutation } from "@tanstack/react-query";
import { useAskForApproval } from "#components/approvals/useAskForApproval.ts";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Note } from "#components/ui/Note.tsx";
import { toast } from "#components/ui/toast.ts";

type RevertDialogProps = { group: { id: string; name: string }; revision: number; members: number; onClose: () => void };

/** Going back is applying once more what an earlier revision was: a new revision with its versions. */
export function RevertDialog({ group, revision, members, onClose }: RevertDialogProps) {
  const trpc = useTRPC();
  const revert = useMutation(
    trpc.revisions.revert.mutationOptions({
      onSuccess: (made) => {
        toast.ok(`${group.name} runs what revision ${revision} was, as revision ${made.revision}.`);
        onClose();
      },
    }),
  );
  const { needed, ask } = useAskForApproval(group.id);
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Go back to revision ${revision}?`}
      description={`The ${members === 1 ? "collector" : `${formatCount(members)} collectors`} of ${group.name} run the versions that it named, as a new revision. What was applied since stays in the history.`}
      confirmLabel={needed ? "Ask for approval" : "Go back"}
      busy={revert.isPending || ask.isPending}
      onConfirm={() => (needed ? ask.mutate({ kind: "revert", groupId: group.id, revision }) : revert.mutate({ groupId: group.id, revision }))}
    >
      {needed && (
        <Note role="status">
          <b>Another person has to say yes.</b> It is applied once somebody with the role approver has approved it.
        </Note>
      )}
      {ask.isError && (
        <Note tone="bad" role="alert">
          It was not asked for. {describeError(ask.error).message}
        </Note>
      )}
      {revert.isError && (
        <Note tone="bad" role="alert">
          Nothing was applied. {describeError(revert.error).message}
        </Note>
      )}
    </ConfirmDialog>
  );
}
