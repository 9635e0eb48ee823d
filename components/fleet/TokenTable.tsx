"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Note } from "#components/ui/Note.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { toast } from "#components/ui/toast.ts";

export type Token = {
  id: string;
  name: string;
  createdAtMs: number;
  createdBy: string;
  expiresAtMs: number | null;
  revokedAtMs: number | null;
  lastUsedAtMs: number | null;
  collectors: number;
};

export function TokenTable({ tokens, mayRevoke }: { tokens: readonly Token[]; mayRevoke: boolean }) {
  const trpc = useTRPC();
  const [revoking, setRevoking] = useState<Token | null>(null);
  const revoke = useMutation(
    trpc.fleet.revokeToken.mutationOptions({
      onSuccess: () => {
        toast.ok(`The token “${revoking?.name}” no longer enrols anybody.`);
        setRevoking(null);
      },
    }),
  );
  return (
    <>
      <Table label="Enrolment tokens">
        <thead>
          <tr>
            <Th className="w-full">Name</Th>
            <Th>State</Th>
            <Th n>Collectors</Th>
            <Th>Last used</Th>
            <Th>Expires</Th>
            <Th>Created</Th>
            <Th>By</Th>
            <Th>
              <span className="sr-only">Revoke</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <Tr key={token.id}>
              <Td className="min-w-[140px] font-semibold">{token.name}</Td>
              <Td>
                <TokenState token={token} />
              </Td>
              <Td n>{token.collectors}</Td>
              <Td className="num">{token.lastUsedAtMs === null ? <span className="text-ink-3">never</span> : formatDate(token.lastUsedAtMs)}</Td>
              <Td className="num">{token.expiresAtMs === null ? <span className="text-ink-3">never</span> : formatDate(token.expiresAtMs)}</Td>
              <Td className="num">{formatDate(token.createdAtMs)}</Td>
              <Td>{token.createdBy}</Td>
              <Td>
                {mayRevoke && token.revokedAtMs === null && (
                  <Button size="small" variant="ghost" aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(token)}>
                    Revoke…
                  </Button>
                )}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <ConfirmDialog
        open={revoking !== null}
        onOpenChange={(open) => {
          if (open) return;
          setRevoking(null);
          revoke.reset();
        }}
        danger
        title={`Revoke the token “${revoking?.name ?? ""}”?`}
        description="No further collector can enrol with it. Those that have keep their own credentials and stay connected."
        confirmLabel="Revoke"
        busy={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate({ id: revoking.id })}
      >
        {revoke.isError && (
          <Note tone="bad" role="alert">
            Nothing was changed. {describeError(revoke.error).message}
          </Note>
        )}
      </ConfirmDialog>
    </>
  );
}

function TokenState({ token }: { token: Token }) {
  if (token.revokedAtMs !== null) return <StatusChip tone="neutral">revoked</StatusChip>;
  if (token.expiresAtMs !== null && token.expiresAtMs <= Date.now()) return <StatusChip tone="warn">expired</StatusChip>;
  return <StatusChip tone="ok">valid</StatusChip>;
}
