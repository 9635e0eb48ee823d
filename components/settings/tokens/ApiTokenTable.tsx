"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { formatDay } from "#components/format/formatDay.ts";
import { formatAge } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { Chip } from "#components/ui/Chip.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { cx } from "#components/ui/cx.ts";
import { Note } from "#components/ui/Note.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { toast } from "#components/ui/toast.ts";
import type { Role } from "#domain/auth/role.ts";
import { type Scope, scopesWithin } from "#domain/auth/scopes.ts";
import { apiTokenState } from "./apiTokenState.ts";

export type ApiToken = {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  owner: { id: string; name: string; role: Role };
  createdAtMs: number;
  expiresAtMs: number;
  revokedAtMs: number | null;
  lastUsedAtMs: number | null;
};

/** `ownId`: the reader's; the owner's column is there where others' tokens are. */
export function ApiTokenTable({ tokens, ownId }: { tokens: readonly ApiToken[]; ownId: string | undefined }) {
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  const nowMs = Date.now();
  const withOwners = tokens.some(({ owner }) => owner.id !== ownId);
  return (
    <>
      <Table label="API tokens">
        <thead>
          <tr>
            <Th className="w-full">Name</Th>
            <Th>State</Th>
            <Th>Scopes</Th>
            {withOwners && <Th>Owner</Th>}
            <Th>Last used</Th>
            <Th>Ends</Th>
            <Th>Made</Th>
            <Th>
              <span className="sr-only">Revoke</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => {
            const { tone, word, ended } = apiTokenState(token, nowMs);
            return (
              <Tr key={token.id} data-api-token={token.name} className={cx(ended && "text-ink-3")}>
                <Td className="min-w-[150px]">
                  <b>{token.name}</b> <span className="font-mono text-xs text-ink-3">{token.prefix}…</span>
                </Td>
                <Td>
                  <StatusChip tone={tone}>{word}</StatusChip>
                </Td>
                <Td>
                  <Scopes token={token} />
                </Td>
                {withOwners && <Td>{token.owner.id === ownId ? "you" : token.owner.name}</Td>}
                <Td className="num">
                  {token.lastUsedAtMs === null ? <span className="text-ink-3">never</span> : `${formatAge(nowMs - token.lastUsedAtMs)} ago`}
                </Td>
                <Td className="num">{formatDay(token.revokedAtMs ?? token.expiresAtMs)}</Td>
                <Td className="num">{formatDay(token.createdAtMs)}</Td>
                <Td>
                  {!ended && (
                    <Button size="small" variant="ghost" aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(token)}>
                      Revoke…
                    </Button>
                  )}
                </Td>
              </Tr>
            );
          })}
        </tbody>
      </Table>
      {revoking && <RevokeDialog token={revoking} isOwn={revoking.owner.id === ownId} onClose={() => setRevoking(null)} />}
    </>
  );
}

/** Those that the owner's role no longer covers are crossed out: they let the token do nothing. */
function Scopes({ token: { scopes, owner } }: { token: ApiToken }) {
  const within = scopesWithin(owner.role);
  return (
    <span className="flex gap-1">
      {scopes.map((scope) => {
        const beyond = !within.includes(scope);
        return (
          <Chip
            key={scope}
            outline
            mono
            title={beyond ? `of no use: ${owner.name} is ${owner.role}` : undefined}
            className={cx(beyond && "text-ink-3 line-through")}
          >
            {scope}
            {beyond && <span className="sr-only"> (of no use, the owner is {owner.role})</span>}
          </Chip>
        );
      })}
    </span>
  );
}

function RevokeDialog({ token, isOwn, onClose }: { token: ApiToken; isOwn: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const revoke = useMutation(
    trpc.apiTokens.revoke.mutationOptions({
      onSuccess: () => {
        toast.ok(`The token “${token.name}” is revoked.`);
        onClose();
      },
    }),
  );
  const use = token.lastUsedAtMs === null ? "It was never used." : `It was last used ${formatAge(Date.now() - token.lastUsedAtMs)} ago.`;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      danger
      title={`Revoke the token “${token.name}”${isOwn ? "" : ` of ${token.owner.name}`}?`}
      description={`Whatever calls with it is refused at once, and for good: a revoked token can't be brought back. ${use}`}
      confirmLabel="Revoke"
      busy={revoke.isPending}
      onConfirm={() => revoke.mutate({ id: token.id })}
    >
      {revoke.isError && (
        <Note tone="bad" role="alert">
          Nothing was changed. {describeError(revoke.error).message}
        </Note>
      )}
    </ConfirmDialog>
  );
}
