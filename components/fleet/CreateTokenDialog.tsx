"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { Button } from "#components/ui/Button.tsx";
import { CodeBlock } from "#components/ui/CodeBlock.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Select } from "#components/ui/Select.tsx";

const EXPIRIES = [
  { value: "1", label: "in a day" },
  { value: "7", label: "in a week" },
  { value: "30", label: "in 30 days" },
  { value: "365", label: "in a year" },
  { value: "never", label: "never" },
] as const;

/** The token shows once, with the command that starts a collector; the server keeps only its hash. */
export function CreateTokenDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const [expiry, setExpiry] = useState<(typeof EXPIRIES)[number]["value"]>("30");
  const create = useMutation(trpc.fleet.createToken.mutationOptions());
  const failure = create.isError ? describeError(create.error) : null;
  const nameProblem = failure?.problems.find((problem) => problem.path === "name")?.message;
  const submit = () => create.mutate({ name: name.trim(), ...(expiry === "never" ? {} : { expiresInDays: Number(expiry) }) });
  if (create.isSuccess) {
    return (
      <Dialog
        open
        onOpenChange={onClose}
        size="wide"
        title={`The token “${name.trim()}”`}
        description="It is shown this once. Copy it now; it can't be had back, only replaced."
        footer={
          <Button variant="primary" onClick={onClose}>
            I have copied it
          </Button>
        }
      >
        <div className="flex flex-col gap-3" data-slot="token">
          <div>
            <h3 className="mb-1 font-semibold">Token</h3>
            <CodeBlock text={create.data.token} what="the token" />
          </div>
          <div>
            <h3 className="mb-1 font-semibold">Start a collector</h3>
            <CodeBlock text={create.data.command} what="the command" className="[&_pre]:break-all [&_pre]:whitespace-pre-wrap" />
            <p className="mt-1 text-s text-ink-3">In a copy of the project, on the machine that shall collect. It appears under Fleet by itself.</p>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Create an enrolment token"
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" busy={create.isPending} disabled={name.trim() === ""} onClick={submit}>
            Create token
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") submit();
        }}
      >
        <Field label="Name" hint="What it is for, for example the cluster whose collectors use it." error={nameProblem}>
          {(control) => <Input {...control} maxLength={80} placeholder="prod-eu" value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label="Expires">
          {({ invalid: _invalid, ...control }) => <Select {...control} className="w-[160px]" value={expiry} onValueChange={setExpiry} options={EXPIRIES} />}
        </Field>
        {failure && nameProblem === undefined && (
          <Note tone="bad" role="alert">
            No token was created. {failure.message}
          </Note>
        )}
      </form>
    </Dialog>
  );
}
