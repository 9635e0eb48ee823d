"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAskForApproval } from "#components/approvals/useAskForApproval.ts";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import type { RunningVersion } from "#components/groups/RunningVersions.tsx";
import { Button } from "#components/ui/Button.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Select } from "#components/ui/Select.tsx";
import { toast } from "#components/ui/toast.ts";

const AS_NOW = "as-now";
const VERSIONS_SHOWN = 50;
const DURATIONS = [
  { value: "15", label: "15 minutes" },
  { value: "60", label: "1 hour" },
  { value: "240", label: "4 hours" },
  { value: "1440", label: "1 day" },
  { value: "10080", label: "7 days" },
  { value: "43200", label: "30 days" },
] as const;
const KINDS = [
  { kind: "policy", of: "sampling", label: "Policy" },
  { kind: "destination", of: "export", label: "Destination" },
  { kind: "pipeline", of: "pipeline", label: "Pipeline" },
] as const;

type Kind = (typeof KINDS)[number]["kind"];
type Choice = { id: string; version: number };
type OverrideDialogProps = { id: string; name: string; documents: readonly RunningVersion[]; onClose: () => void };

/** Has one collector run other versions than its group until a time. */
export function OverrideDialog({ id, name, documents, onClose }: OverrideDialogProps) {
  const trpc = useTRPC();
  const lists = {
    policy: useQuery(trpc.policies.list.queryOptions()).data ?? [],
    destination: useQuery(trpc.destinations.list.queryOptions()).data ?? [],
    pipeline: useQuery(trpc.pipelines.list.queryOptions()).data ?? [],
  };
  const [choices, setChoices] = useState<Partial<Record<Kind, Choice>>>({});
  const [minutes, setMinutes] = useState<(typeof DURATIONS)[number]["value"]>("60");
  const [reason, setReason] = useState("");
  const set = useMutation(
    trpc.fleet.setOverride.mutationOptions({
      onSuccess: ({ revision, expiresAtMs }) => {
        toast.ok(`${name} is sent revision ${revision}, until ${formatDate(expiresAtMs)}.`);
        onClose();
      },
    }),
  );
  const choose = (kind: Kind, choice: Choice | undefined) => setChoices((before) => ({ ...before, [kind]: choice }));
  const changes = KINDS.flatMap(({ kind }) => {
    const choice = choices[kind];
    return choice ? [{ kind, ...choice }] : [];
  });
  const groupId = useQuery(trpc.fleet.get.queryOptions({ id })).data?.row.group?.id;
  const { needed, ask } = useAskForApproval(groupId);
  const wish = { collectorId: id, changes, reason, minutes: Number(minutes) };
  const submit = () => (needed ? ask.mutate({ kind: "override", ...wish }) : set.mutate(wish));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Override what ${name} runs`}
      description="It runs these versions instead of its group's until the time is over, then its group's newest again, by itself."
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" busy={set.isPending || ask.isPending} disabled={changes.length === 0 || reason.trim() === ""} onClick={submit}>
            {needed ? "Ask for approval" : "Override"}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3.5">
        {KINDS.map(({ kind, of, label }) => {
          const now = documents.find((document) => document.kind === of);
          const choice = choices[kind];
          const chosen = lists[kind].find((document) => document.id === choice?.id);
          return (
            <div key={kind} className="flex flex-wrap gap-2">
              <Field label={label} className="flex-1 basis-[200px]">
                {({ invalid: _, ...control }) => (
                  <Select
                    {...control}
                    value={choice?.id ?? AS_NOW}
                    onValueChange={(value) => {
                      const document = lists[kind].find((one) => one.id === value);
                      choose(kind, document && { id: document.id, version: document.currentVersion });
                    }}
                    options={[
                      { value: AS_NOW, label: now ? `as now: ${now.name} v${now.version}` : "as now" },
                      ...lists[kind].map((document) => ({ value: document.id, label: document.name })),
                    ]}
                  />
                )}
              </Field>
              {choice && chosen && (
                <Field label="Version" className="basis-[110px]">
                  {({ invalid: _, ...control }) => (
                    <Select
                      {...control}
                      value={String(choice.version)}
                      onValueChange={(value) => choose(kind, { id: choice.id, version: Number(value) })}
                      options={Array.from({ length: Math.min(VERSIONS_SHOWN, chosen.currentVersion) }, (_, index) => {
                        const version = chosen.currentVersion - index;
                        return { value: String(version), label: `v${version}` };
                      })}
                    />
                  )}
                </Field>
              )}
            </div>
          );
        })}
        <Field label="For" className="max-w-[200px]">
          {({ invalid: _, ...control }) => <Select {...control} value={minutes} onValueChange={setMinutes} options={DURATIONS} />}
        </Field>
        <Field label="Reason" hint="Stands on the group's page and in the audit.">
          {(control) => <Input {...control} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        {needed && (
          <Note role="status">
            <b>Another person has to say yes.</b> It begins once somebody with the role approver has approved it.
          </Note>
        )}
        {ask.isError && (
          <Note tone="bad" role="alert">
            It was not asked for. {describeError(ask.error).message}
          </Note>
        )}
        {set.isError && (
          <Note tone="bad" role="alert">
            Nothing was changed. {describeError(set.error).message}
          </Note>
        )}
      </div>
    </Dialog>
  );
}
