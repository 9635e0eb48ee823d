"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { Chip } from "#components/ui/Chip.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { toast } from "#components/ui/toast.ts";

/** Where the person is signed in, and how to end that. */
export function SessionsPanel() {
  const trpc = useTRPC();
  const sessions = useQuery(trpc.session.list.queryOptions());
  const [confirming, setConfirming] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const refused = (error: unknown) => setProblem(describeError(error).message);
  const again = () => void sessions.refetch();
  const end = useMutation(trpc.session.end.mutationOptions({ onError: refused, onSuccess: () => toast.ok("That session has ended."), onSettled: again }));
  const endOthers = useMutation(
    trpc.session.endOthers.mutationOptions({
      onSuccess: ({ ended }) => {
        setConfirming(false);
        toast.ok(ended === 1 ? "The other session has ended." : `${ended} other sessions have ended.`);
      },
      onSettled: again,
    }),
  );
  const others = (sessions.data ?? []).filter((session) => !session.isThis).length;
  return (
    <Panel
      title="Your sessions"
      flush
      aside={<span className="text-s text-ink-3">where you are signed in</span>}
      actions={
        others > 0 && (
          <Button size="small" onClick={() => setConfirming(true)}>
            End all others…
          </Button>
        )
      }
    >
      {problem !== null && (
        <Note tone="bad" role="alert" className="mx-3 mb-2">
          The session was not ended. {problem}
        </Note>
      )}
      <QueryView query={sessions} what="The list of your sessions" skeleton={<SkeletonRows rows={2} columns={4} />}>
        {(rows) => (
          <Table label="Your sessions">
            <thead>
              <tr>
                <Th className="w-full">Browser</Th>
                <Th>Address</Th>
                <Th>Signed in</Th>
                <Th>Last used</Th>
                <Th>
                  <span className="sr-only">End</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {rows.map((session) => (
                <Tr key={session.id}>
                  <Td className="min-w-[150px]">
                    <span className="flex items-center gap-1.5">
                      <b>{session.agent}</b>
                      {session.isThis && <Chip outline>this one</Chip>}
                    </span>
                  </Td>
                  <Td className="num">{session.ip ?? <span className="text-ink-3">unknown</span>}</Td>
                  <Td className="num">{formatDate(session.signedInAtMs)}</Td>
                  <Td className="num">{session.isThis ? "now" : formatDate(session.lastUsedAtMs)}</Td>
                  <Td>
                    {!session.isThis && (
                      <Button
                        size="small"
                        variant="ghost"
                        aria-label={`End the session of ${session.agent} since ${formatDate(session.signedInAtMs)}`}
                        busy={end.isPending && end.variables.id === session.id}
                        onClick={() => {
                          setProblem(null);
                          end.mutate({ id: session.id });
                        }}
                      >
                        End
                      </Button>
                    )}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </QueryView>
      <ConfirmDialog
        open={confirming}
        onOpenChange={setConfirming}
        danger
        title="End all other sessions?"
        description={`${others === 1 ? "One other browser is" : `${others} other browsers are`} signed out at once. What was being edited there stays as a draft in that browser. This one stays signed in.`}
        confirmLabel="End them"
        busy={endOthers.isPending}
        onConfirm={() => endOthers.mutate()}
      >
        {endOthers.isError && (
          <Note tone="bad" role="alert">
            Nothing was ended. {describeError(endOthers.error).message}
          </Note>
        )}
      </ConfirmDialog>
    </Panel>
  );
}
