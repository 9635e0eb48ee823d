"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
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
import { InviteDialog } from "./InviteDialog.tsx";
import { ROLE_OPTIONS } from "./roleWords.ts";

/** Everybody who can sign in. Only admins see it. */
export function PeoplePanel() {
  const trpc = useTRPC();
  const { data: me } = useMe();
  const people = useQuery(trpc.people.list.queryOptions());
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<{ id: string; name: string } | null>(null);
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
                  <span className="sr-only">Remove</span>
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
                      className="w-[96px]"
                      value={person.role}
                      options={ROLE_OPTIONS}
                      onValueChange={(role) => {
                        setProblem(null);
                        if (role !== person.role) setRole.mutate({ id: person.id, role });
                      }}
                    />
                  </Td>
                  <Td className="num">{formatDate(person.createdAtMs)}</Td>
                  <Td className="num">{person.lastSeenMs === null ? <span className="text-ink-3">never</span> : formatDate(person.lastSeenMs)}</Td>
                  <Td>
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
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        danger
        title={`Remove ${removing?.name ?? ""}?`}
        description={`${removing?.id === me?.id ? "That is you. You are signed out at once." : "They are signed out at once and can't sign in again."} What they saved stays, under their name.`}
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
