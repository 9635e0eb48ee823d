"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { useMe } from "#components/data/useMe.ts";
import { formatDay } from "#components/format/formatDay.ts";
import { Button } from "#components/ui/Button.tsx";
import { Checkbox } from "#components/ui/Checkbox.tsx";
import { CodeBlock } from "#components/ui/CodeBlock.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Select } from "#components/ui/Select.tsx";
import { highestRole } from "#domain/auth/role.ts";
import { SCOPE_MEANINGS, SCOPES, type Scope, scopesWithin } from "#domain/auth/scopes.ts";

const DAY_MS = 86_400_000;
const EXPIRIES = [
  { value: "1", label: "in a day" },
  { value: "7", label: "in a week" },
  { value: "30", label: "in 30 days" },
  { value: "90", label: "in 90 days" },
  { value: "365", label: "in a year" },
] as const;

/** Name, scopes and expiry; then the token, once. */
export function CreateApiTokenDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const { data: me } = useMe();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [expiry, setExpiry] = useState<(typeof EXPIRIES)[number]["value"]>("30");
  const create = useMutation(trpc.apiTokens.create.mutationOptions());
  if (create.isSuccess) return <CreatedApiToken name={name.trim()} token={create.data.token} expiresAtMs={create.data.expiresAtMs} onClose={onClose} />;

  const within = me ? scopesWithin(highestRole(me.role, me.grants)) : [];
  const failure = create.isError ? describeError(create.error) : null;
  const problemAt = (path: string) => failure?.problems.find((problem) => problem.path.split("[")[0] === path)?.message;
  const ready = name.trim() !== "" && scopes.length > 0;
  const submit = () => create.mutate({ name: name.trim(), scopes: [...scopes], expiresInDays: Number(expiry) });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Make an API token"
      description="It calls the API in your name, within these scopes and never beyond your own role."
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" busy={create.isPending} disabled={!ready} onClick={submit}>
            Make the token
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) submit();
        }}
      >
        <Field label="Name" hint="What uses it, for example the pipeline that deploys." error={problemAt("name")}>
          {(control) => <Input {...control} maxLength={80} placeholder="deploy pipeline" value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1.5 font-[550]">Scopes</legend>
          {SCOPES.map((scope) => (
            <Checkbox
              key={scope}
              label={<span className="font-mono text-s">{scope}</span>}
              hint={within.includes(scope) ? SCOPE_MEANINGS[scope] : `${SCOPE_MEANINGS[scope]} Beyond your role ${me ? highestRole(me.role, me.grants) : ""}.`}
              checked={scopes.includes(scope)}
              disabled={!within.includes(scope)}
              onCheckedChange={(checked) => setScopes(SCOPES.filter((one) => (one === scope ? checked : scopes.includes(one))))}
            />
          ))}
          {scopes.length === 0 && <p className="text-s text-bad">Choose at least one.</p>}
          {problemAt("scopes") !== undefined && (
            <p role="alert" className="text-s text-bad">
              {problemAt("scopes")}
            </p>
          )}
        </fieldset>
        <Field label="Expires" hint={`On ${formatDay(Date.now() + Number(expiry) * DAY_MS)}. Every token does; a new one is quickly made.`}>
          {({ invalid: _invalid, ...control }) => <Select {...control} className="w-[160px]" value={expiry} onValueChange={setExpiry} options={EXPIRIES} />}
        </Field>
        {failure && problemAt("name") === undefined && problemAt("scopes") === undefined && (
          <Note tone="bad" role="alert">
            No token was made. {failure.message}
          </Note>
        )}
      </form>
    </Dialog>
  );
}

function CreatedApiToken({ name, token, expiresAtMs, onClose }: { name: string; token: string; expiresAtMs: number; onClose: () => void }) {
  const url = typeof window === "undefined" ? "" : window.location.origin;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="wide"
      title={`The token “${name}”`}
      description={`It is shown this once, and is good until ${formatDay(expiresAtMs)}. Copy it now; it can't be had back, only replaced.`}
      footer={
        <Button variant="primary" onClick={onClose}>
          I have copied it
        </Button>
      }
    >
      <div className="flex flex-col gap-3" data-slot="api-token">
        <div>
          <h3 className="mb-1 font-semibold">Token</h3>
          <CodeBlock text={token} what="the token" className="[&_pre]:break-all [&_pre]:whitespace-pre-wrap" />
        </div>
        <div>
          <h3 className="mb-1 font-semibold">Try it</h3>
          <CodeBlock
            text={`curl -H "authorization: Bearer $HEADGATE_TOKEN" ${url}/trpc/session.me`}
            what="the command"
            className="[&_pre]:break-all [&_pre]:whitespace-pre-wrap"
          />
          <p className="mt-1 text-s text-ink-3">With the token in the variable HEADGATE_TOKEN, so that it stays out of the shell's history.</p>
        </div>
      </div>
    </Dialog>
  );
}
