"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { Button } from "#components/ui/Button.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { Note } from "#components/ui/Note.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { toast } from "#components/ui/toast.ts";
import type { Role, RoleGrants } from "#domain/auth/role.ts";
import { GrantFields } from "./GrantFields.tsx";

/** What somebody may do in single groups, besides what they may everywhere. Each choice holds at once. */
export function GrantsDialog({ person, onClose }: { person: { id: string; name: string; role: Role; grants: RoleGrants }; onClose: () => void }) {
  const trpc = useTRPC();
  const people = useQuery(trpc.people.list.queryOptions());
  const groups = useQuery(trpc.groups.list.queryOptions());
  const set = useMutation(
    trpc.people.setGrant.mutationOptions({
      onSuccess: (_, { groupId, role }) => {
        const name = groups.data?.find(({ id }) => id === groupId)?.name ?? "that group";
        toast.ok(role === null ? `${person.name} is ${person.role} in ${name}, as everywhere.` : `${person.name} is ${role} in ${name} now.`);
      },
      onSettled: () => void people.refetch(),
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Roles of ${person.name} in groups`}
      description={`Everywhere: ${person.role}. A role in a group comes on top there, and never takes anything away.`}
      footer={<Button onClick={onClose}>Done</Button>}
    >
      {set.isError && (
        <Note tone="bad" role="alert" className="mb-2">
          Nothing was changed. {describeError(set.error).message}
        </Note>
      )}
      {person.role === "admin" && (
        <Note className="mb-2">
          <b>An admin may do everything everywhere:</b> a role in a group adds nothing.
        </Note>
      )}
      <QueryView query={groups} what="The list of groups" skeleton={<SkeletonRows rows={3} columns={2} />}>
        {(rows) => (
          <GrantFields
            groups={rows}
            role={person.role}
            grants={person.grants}
            busyGroupId={set.isPending ? set.variables.groupId : undefined}
            onChange={(groupId, role) => set.mutate({ id: person.id, groupId, role })}
          />
        )}
      </QueryView>
    </Dialog>
  );
}
