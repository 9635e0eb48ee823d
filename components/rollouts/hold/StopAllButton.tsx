"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { Button } from "#components/ui/Button.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { toast } from "#components/ui/toast.ts";

/** For an admin, while nothing is stopped: pauses every rollout and lets nothing go out. */
export function StopAllButton() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const hold = useQuery(trpc.rollouts.hold.queryOptions());
  const stop = useMutation(
    trpc.rollouts.stopAll.mutationOptions({
      onSuccess: (held) => {
        queries.setQueryData(trpc.rollouts.hold.queryKey(), held);
        toast.ok("All changes are stopped");
        close();
      },
    }),
  );
  const close = () => {
    setAsking(false);
    setReason("");
    stop.reset();
  };
  if (hold.data === undefined || !hold.data.mayChange || hold.data.stopped !== null) return null;
  const submit = () => stop.mutate({ reason: reason.trim() });
  return (
    <>
      <Button variant="danger" onClick={() => setAsking(true)}>
        Stop all changes…
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => !open && close()}
        title="Stop all changes?"
        description="Every rollout under way is paused, and nothing is applied or started anywhere until an admin lets changes through again. What runs goes on running; a rollout whose gate fails still goes back."
        confirmLabel="Stop all changes"
        danger
        busy={stop.isPending}
        disabled={reason.trim() === ""}
        onConfirm={submit}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim() !== "") submit();
          }}
        >
          <Field
            label="Why"
            hint="Everybody reads it, on every page."
            error={stop.isError ? `Nothing was stopped. ${describeError(stop.error).message}` : undefined}
          >
            {(control) => <Input {...control} maxLength={300} value={reason} onChange={(event) => setReason(event.target.value)} />}
          </Field>
        </form>
      </ConfirmDialog>
    </>
  );
}
