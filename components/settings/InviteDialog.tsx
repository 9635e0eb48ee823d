"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { CodeBlock } from "#components/ui/CodeBlock.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Select } from "#components/ui/Select.tsx";
import type { Role, RoleGrants } from "#domain/auth/role.ts";
import { GrantFields } from "./GrantFields.tsx";
import { grantable, withGrant } from "./grantEdits.ts";
import { ROLE_MEANINGS, ROLE_OPTIONS } from "./roleWords.ts";

/** Makes a link that creates one account; it is passed on by hand, nothing is sent. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const [role, setRole] = useState<Role>("editor");
  const [grants, setGrants] = useState<RoleGrants>({});
  const groups = useQuery(trpc.groups.list.queryOptions()).data ?? [];
  const [email, setEmail] = useState("");
  const invite = useMutation(trpc.people.invite.mutationOptions());
  const failure = invite.isError ? describeError(invite.error) : null;
  const emailProblem = failure?.problems.find((problem) => problem.path === "email")?.message;
  const submit = () => invite.mutate({ role, grants: grantable(grants), ...(email.trim() === "" ? {} : { email: email.trim() }) });
  if (invite.isSuccess) {
    return (
      <Dialog
        open
        onOpenChange={onClose}
        title="Invitation link"
        description={`Creates one account with the role ${role}. Works once, until ${formatDate(invite.data.expiresAtMs)}.`}
        footer={
          <Button variant="primary" onClick={onClose}>
            I have copied it
          </Button>
        }
      >
        <CodeBlock text={invite.data.url} what="the link" className="[&_pre]:break-all [&_pre]:whitespace-pre-wrap" />
        <p className="mt-2 text-s text-ink-3">It is shown this once. Whoever has it can use it, so pass it on in private.</p>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Invite somebody"
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" busy={invite.isPending} onClick={submit}>
            Make the link
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label="Role" hint={ROLE_MEANINGS[role]}>
          {({ invalid: _invalid, ...control }) => <Select {...control} className="w-[140px]" value={role} onValueChange={setRole} options={ROLE_OPTIONS} />}
        </Field>
        {groups.length > 1 && role !== "admin" && (
          <fieldset>
            <legend className="mb-1 font-[550]">
              In single groups <span className="font-normal text-ink-3">(optional)</span>
            </legend>
            <GrantFields groups={groups} role={role} grants={grants} onChange={(groupId, granted) => setGrants(withGrant(grants, groupId, granted))} />
          </fieldset>
        )}
        <Field label="E-mail" optional hint="Then the account has to have this address." error={emailProblem}>
          {(control) => <Input {...control} type="email" maxLength={254} value={email} onChange={(event) => setEmail(event.target.value)} />}
        </Field>
        {failure && emailProblem === undefined && (
          <Note tone="bad" role="alert">
            No link was made. {failure.message}
          </Note>
        )}
      </form>
    </Dialog>
  );
}
