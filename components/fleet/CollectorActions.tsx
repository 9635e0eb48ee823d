"use client";

import { useMutation } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { Button } from "#components/ui/Button.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { DropdownMenu } from "#components/ui/DropdownMenu.tsx";
import { Note } from "#components/ui/Note.tsx";
import { toast } from "#components/ui/toast.ts";
import type { CollectorState } from "#domain/telemetry/live.ts";

type CollectorActionsProps = { id: string; name: string; state: CollectorState; credentialRevokedAtMs: number | null };

/** What an admin can do to a collector; each asks first. */
export function CollectorActions({ id, name, state, credentialRevokedAtMs }: CollectorActionsProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [asking, setAsking] = useState<"revoke" | "forget" | null>(null);
  const revoke = useMutation(
    trpc.fleet.revokeCredential.mutationOptions({
      onSuccess: () => {
        setAsking(null);
        toast.ok(`${name} can no longer connect. It goes on forwarding until it is stopped.`);
      },
    }),
  );
  const forget = useMutation(
    trpc.fleet.forget.mutationOptions({
      onSuccess: () => {
        toast.ok(`${name} is forgotten.`);
        router.replace("/fleet");
      },
    }),
  );
  const failure = asking === "revoke" ? revoke.error : forget.error;
  const close = () => {
    setAsking(null);
    revoke.reset();
    forget.reset();
  };
  return (
    <>
      <DropdownMenu
        items={[
          {
            label: "Revoke its credential…",
            onSelect: () => setAsking("revoke"),
            disabled: credentialRevokedAtMs !== null,
            hint: credentialRevokedAtMs === null ? undefined : "revoked",
          },
          {
            label: "Forget this collector…",
            onSelect: () => setAsking("forget"),
            danger: true,
            disabled: state !== "offline",
            hint: state === "offline" ? undefined : "only when offline",
            separated: true,
          },
        ]}
        trigger={
          <Button size="icon" aria-label={`More for ${name}`}>
            <Ellipsis aria-hidden />
          </Button>
        }
      />
      <ConfirmDialog
        open={asking !== null}
        onOpenChange={(open) => !open && close()}
        danger
        title={asking === "revoke" ? `Revoke the credential of ${name}?` : `Forget ${name}?`}
        description={
          asking === "revoke"
            ? "It is disconnected and can't come back without enrolling again with a token. It keeps forwarding under its last good configuration."
            : "It leaves the list with its reports. If it is started again it has to enrol again with a token."
        }
        confirmLabel={asking === "revoke" ? "Revoke" : "Forget"}
        busy={revoke.isPending || forget.isPending}
        onConfirm={() => (asking === "revoke" ? revoke.mutate({ id }) : forget.mutate({ id }))}
      >
        {failure && (
          <Note tone="bad" role="alert">
            Nothing was changed. {describeError(failure).message}
          </Note>
        )}
      </ConfirmDialog>
    </>
  );
}
