"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { toast } from "#components/ui/toast.ts";

/** No, and why: whoever asked reads it. */
export function RejectDialog({ request, onClose }: { request: { id: string; title: string; askedByName: string }; onClose: () => void }) {
  const trpc = useTRPC();
  const [reason, setReason] = useState("");
  const reject = useMutation(
    trpc.approvals.reject.mutationOptions({
      onSuccess: () => {
        toast.ok(`Rejected: ${request.title}`);
        onClose();
      },
    }),
  );
  const submit = () => reject.mutate({ id: request.id, reason: reason.trim() });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Reject ${request.title}?`}
      description="Nothing is applied. It can be asked for again."
      confirmLabel="Reject"
      danger
      busy={reject.isPending}
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
          hint={`${request.askedByName} reads it.`}
          error={reject.isError ? `Nothing was rejected. ${describeError(reject.error).message}` : undefined}
        >
          {(control) => <Input {...control} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      </form>
    </ConfirmDialog>
  );
}
