"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { Button } from "#components/ui/Button.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { toast } from "#components/ui/toast.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { draftFromPolicy } from "../draft/draftPolicy.ts";
import { IMPORTED } from "../templates.ts";

type CreateImportedProps = { suggestedName: string; reading: string; id: string; policy: SamplingPolicy };

/** Makes the chosen reading version 1 of a new policy, with a message that says where it came from, or a draft to change first; and opens it. */
export function CreateImported({ suggestedName, reading, id, policy }: CreateImportedProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const create = useMutation(trpc.policies.create.mutationOptions());
  const draft = useMutation(trpc.drafts.save.mutationOptions());
  const [name, setName] = useState(suggestedName);
  const failed = create.error ?? draft.error;
  const toDraft = () => {
    const from = `${IMPORTED}${crypto.randomUUID()}`;
    draft.mutate(
      { kind: "sampling", key: `new-${from}`, baseVersion: 0, name: name.trim() || null, body: draftFromPolicy(policy), tab: "import" },
      { onSuccess: () => router.push(`/sampling/new?from=${from}`) },
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      { name: name.trim(), body: policy, message: `Imported from ${id} of an OpenTelemetry Collector, ${reading}`.slice(0, 500) },
      {
        onSuccess: (created) => {
          toast.ok(`Saved ${name.trim()} v1. It runs nowhere until it is applied.`);
          router.push(`/sampling/${created.id}`);
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="flex w-full max-w-[420px] flex-col items-start gap-3">
      <Field label="Name" error={failed ? describeError(failed).message : undefined} className="w-full">
        {(control) => <Input {...control} maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={create.isPending || create.isSuccess} disabled={name.trim() === "" || draft.isPending}>
          Create policy {reading}
        </Button>
        <Button type="button" onClick={toDraft} busy={draft.isPending || draft.isSuccess} disabled={create.isPending || create.isSuccess}>
          Edit it first
        </Button>
      </div>
    </form>
  );
}
