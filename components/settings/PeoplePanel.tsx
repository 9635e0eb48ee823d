"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { LogOut, Plus, X } from "lucide-react";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMe } from "#components/data/useMe.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { Chip } from "#components/ui/Chip.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Select } from "#components/ui/Select.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { toast } from "#components/ui/toast.ts";
import { GrantsDialog } from "./GrantsDialog.tsx";
import { InviteDialog } from "./InviteDialog.tsx";
import { ROLE_OPTIONS } from "./roleWords.ts";

/** Everybody who can sign in. Only admins see it. */
export function PeoplePanel() {
  const trpc = useTRPC();
  const { data: me } = useMe();
  const people = useQuery(trpc.people.list.queryOptions());
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<{ id: string; name: string } | null>(null);
  const [endingSessions, setEndingSessions] = useState<{ id: string; name: string } | null>(null);
  const [grantsOf, setGrantsOf] = useState<string | null>(null);
  const groups = useQuery(trpc.groups.list.queryOptions()).data ?? [];
  const [problem, setProblem] = useState<string | null>(null);
  const refused = (error: unknown) => setProblem(describeError(error).message);
  const setRole = useMutation(
    trpc.people.setRole.mutationOptions({
      onError: refused,
      onSuccess: (_, { role }) => toast.ok(`The role is ${role} now.`),
      onSettled: () => void people.refetch(),
    }),
  );
  const remove = useMutation(
    trpc.people.remove.mutationOptions({
      onSuccess: () => {
        toast.ok(`${removing?.name} can no longer sign in.`);
        setRemoving(null);
        void people.refetch();
      },
    }),
  );
  const endSessions = useMutation(
    trpc.people.endSessions.mutationOptions({
      onSuccess: ({ ended }) => {
        toast.ok(ended === 0 ? `${endingSessions?.name} was signed in nowhere.` : `${endingSessions?.name} is signed out everywhere.`);
        setEndingSessions(null);
      },
    }),
  );
  const editedGrants = people.data?.find(({ id }) => id === grantsOf);
  return (
    <Panel
      title="People"
      flush
      actions={
        <Button size="small" icon={<Plus aria-hidden />} onClick={() => setInviting(true)}>
          Invite…
        </Button>
      }
    >
      {problem !== null && (
        <Note tone="bad" role="alert" className="mx-3 mb-2">
          Nothing was changed. {problem}
        </Note>
      )}
      <QueryView query={people} what="The list of people" skeleton={<SkeletonRows rows={2} columns={4} />}>
        {(rows) => (
          <Table label="People">
            <thead>
              <tr>
                <Th className="w-full">Name</Th>
                <Th>E-mail</Th>
                <Th>Role</Th>
                <Th>Since</Th>
                <Th>Last seen</Th>
                <Th>
                  <span className="sr-only">Sign out or remove</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {rows.map((person) => (
                <Tr key={person.id}>
                  <Td className="min-w-[140px]">
                    <span className="flex items-center gap-1.5">
                      <b>{person.name}</b>
                      {person.id === me?.id && <Chip outline>you</Chip>}
                    </span>
                  </Td>
                  <Td>{person.email}</Td>
                  <Td>
                    <Select
                      size="small"
                      aria-label={`Role of ${person.name}`}
                      className="w-[104px]"
                      value={person.role}
                      options={ROLE_OPTIONS}
                      onValueChange={(role) => {
                        setProblem(null);
                        if (role !== person.role) setRole.mutate({ id: person.id, role });
                      }}
                    />
                    {(groups.length > 1 || Object.keys(person.grants).length > 0) && (
                      <Button size="small" variant="ghost" aria-label={`Roles of ${person.name} in groups`} onClick={() => setGrantsOf(person.id)}>
                        {inGroups(Object.keys(person.grants).length)}
                      </Button>
                    )}
                  </Td>
                  <Td className="num">{formatDate(person.createdAtMs)}</Td>
                  <Td className="num">{person.lastSeenMs === null ? <span className="text-ink-3">never</span> : formatDate(person.lastSeenMs)}</Td>
                  <Td>
                    <Button
                      size="icon"
                      variant="ghost"
                      className="size-[24px]!"
                      aria-label={`Sign ${person.name} out everywhere`}
                      title="Sign out everywhere"
                      onClick={() => {
                        endSessions.reset();
                        setEndingSessions(person);
                      }}
                    >
                      <LogOut aria-hidden />
                    </Button>
                    <Button
                      size="icon"
                      variant="ghost"
                      className="size-[24px]!"
                      aria-label={`Remove ${person.name}`}
                      onClick={() => {
                        remove.reset();
                        setRemoving(person);
                      }}
                    >
                      <X aria-hidden />
                    </Button>
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </QueryView>
      {editedGrants && <GrantsDialog person={editedGrants} onClose={() => setGrantsOf(null)} />}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
      <ConfirmDialog
        open={endingSessions !== null}
        onOpenChange={(open) => !open && setEndingSessions(null)}
        danger
        title={`Sign ${endingSessions?.name ?? ""} out everywhere?`}
        description={
          endingSessions?.id === me?.id
            ? "That is you, on this page too. You can sign in again at once."
            : "Every session ends at once. They can sign in again; to keep them out, remove them. What is being edited stays as a draft in their browser. API tokens stay good; revoke those under API tokens."
        }
        confirmLabel="Sign out everywhere"
        busy={endSessions.isPending}
        onConfirm={() => endingSessions && endSessions.mutate({ id: endingSessions.id })}
      >
        {endSessions.isError && (
          <Note tone="bad" role="alert">
            Nobody was signed out. {describeError(endSessions.error).message}
          </Note>
        )}
      </ConfirmDialog>
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        danger
        title={`Remove ${removing?.name ?? ""}?`}
        description={`${removing?.id === me?.id ? "That is you. You are signed out at once." : "They are signed out at once and can't sign in again."} Their API tokens are gone with them. What they saved stays, under their name.`}
        confirmLabel="Remove"
        busy={remove.isPending}
        onConfirm={() => removing && remove.mutate({ id: removing.id })}
      >
        {remove.isError && (
          <Note tone="bad" role="alert">
            Nothing was changed. {describeError(remove.error).message}
          </Note>
        )}
      </ConfirmDialog>
    </Panel>
  );
}

function inGroups(count: number): string {
  if (count === 0) return "Groups…";
  return count === 1 ? "and in 1 group…" : `and in ${count} groups…`;
}
