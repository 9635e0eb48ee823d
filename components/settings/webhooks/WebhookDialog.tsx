"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { Checkbox } from "#components/ui/Checkbox.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import { EVENT_KINDS, EVENT_MEANINGS, type EventKind } from "#domain/notify/events.ts";
import type { Webhook } from "./WebhooksPage.tsx";

const CHOICES = EVENT_KINDS.filter((kind) => kind !== "test");
const STATES = [
  { value: "active", label: "Active" },
  { value: "paused", label: "Paused" },
] as const;

type Props = { webhook: Webhook | null; onClose: () => void; onMade: (secret: string) => void };

/** A new webhook, or changes to one. */
export function WebhookDialog({ webhook, onClose, onMade }: Props) {
  const trpc = useTRPC();
  const [name, setName] = useState(webhook?.name ?? "");
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [state, setState] = useState(webhook?.state ?? "active");
  const [events, setEvents] = useState<ReadonlySet<EventKind>>(new Set(webhook?.events ?? CHOICES));
  const create = useMutation(trpc.webhooks.create.mutationOptions({ onSuccess: ({ secret }) => onMade(secret) }));
  const update = useMutation(trpc.webhooks.update.mutationOptions({ onSuccess: onClose }));
  const error = create.error ?? update.error;
  const failure = error ? describeError(error) : null;
  const problemAt = (path: string) => failure?.problems.find((problem) => problem.path.split("[")[0] === path)?.message;
  const placed = ["name", "url", "events"].some((path) => problemAt(path) !== undefined);
  const toggle = (kind: EventKind, on: boolean) => {
    const next = new Set(events);
    if (on) next.add(kind);
    else next.delete(kind);
    setEvents(next);
  };
  const save = () => {
    const wanted = { name: name.trim(), url: url.trim(), events: CHOICES.filter((kind) => events.has(kind)) };
    if (webhook === null) create.mutate(wanted);
    else update.mutate({ id: webhook.id, state, ...wanted });
  };
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={webhook === null ? "Add a webhook" : `Edit “${webhook.name}”`}
      description="Messages are sent by POST, signed as Standard Webhooks has it."
      confirmLabel={webhook === null ? "Add" : "Save"}
      busy={create.isPending || update.isPending}
      disabled={name.trim() === "" || url.trim() === "" || events.size === 0}
      onConfirm={save}
    >
      <div className="flex flex-col gap-3">
        <Field label="Name" error={problemAt("name")}>
          {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label="Address" hint="http or https; redirects are not followed" error={problemAt("url")}>
          {(control) => (
            <Input {...control} mono value={url} onChange={(event) => setUrl(event.target.value)} placeholder="https://hooks.example.com/headgate" />
          )}
        </Field>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 font-[550]">Told of</legend>
          {CHOICES.map((kind) => (
            <Checkbox key={kind} checked={events.has(kind)} onCheckedChange={(on) => toggle(kind, on === true)} label={EVENT_MEANINGS[kind]} />
          ))}
        </fieldset>
        {webhook !== null && <Segmented aria-label="State" value={state} onValueChange={setState} options={STATES} />}
        {failure !== null && !placed && (
          <Note tone="bad" role="alert">
            Not saved. {failure.message}
          </Note>
        )}
      </div>
    </ConfirmDialog>
  );
}
