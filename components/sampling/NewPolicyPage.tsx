"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { toast } from "#components/ui/toast.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { CreateFrom } from "./CreateFrom.tsx";
import { draftKey } from "./draft/draftStore.ts";
import { EditorSkeleton } from "./EditorSkeleton.tsx";
import { PolicyEditor, type Save } from "./editor/PolicyEditor.tsx";
import { ReadOnlyNote } from "./editor/ReadOnlyNote.tsx";
import { templateById } from "./templates.ts";

const CRUMBS = [{ label: "Sampling", href: "/sampling" }, { label: "New policy" }];

/** `?from=four-tiers`, `?from=keep-everything`, `?from=<policy>`; without it the choice is shown. */
export function NewPolicyPage() {
  const from = useSearchParams().get("from");
  const mayEdit = useMay("editor");
  const template = templateById(from);
  if (!mayEdit) {
    return (
      <>
        <PageHead title="New policy" crumbs={CRUMBS} />
        <ReadOnlyNote what="policies" />
      </>
    );
  }
  if (template) return <NewPolicy key={template.id} from={template.id} origin={template.title} suggestedName={template.suggestedName} body={template.body} />;
  if (from !== null) return <CopyOf key={from} id={from} />;
  return (
    <>
      <PageHead title="New policy" crumbs={CRUMBS} />
      <CreateFrom />
    </>
  );
}

function CopyOf({ id }: { id: string }) {
  const trpc = useTRPC();
  const policy = useQuery(trpc.policies.get.queryOptions({ id }));
  return (
    <QueryView query={policy} what="The policy to copy" skeleton={<EditorSkeleton />}>
      {(data) => <NewPolicy from={id} origin={`${data.name} v${data.currentVersion}`} suggestedName={`${data.name} copy`} body={data.body} />}
    </QueryView>
  );
}

type NewPolicyProps = { from: string; origin: string; suggestedName: string; body: SamplingPolicy };

function NewPolicy({ from, origin, suggestedName, body }: NewPolicyProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const create = useMutation(trpc.policies.create.mutationOptions());
  const failure = create.isError ? describeError(create.error) : null;
  const save = ({ name, policy, choice, done }: Save) =>
    create.mutate(
      { name: (name ?? "").trim(), body: policy, message: choice.message || undefined },
      {
        onSuccess: ({ id }) => {
          done();
          toast.ok(`Saved ${name} v1.`);
          router.replace(`/sampling/${id}${choice.apply ? "?apply=1" : ""}`);
        },
      },
    );
  return (
    <PolicyEditor
      title="New policy"
      crumbs={CRUMBS}
      base={{ label: origin, body }}
      next="v1"
      storageKey={draftKey(`new-${from}`, 0)}
      newName={suggestedName}
      readOnly={false}
      status={`from ${origin}`}
      actions={null}
      saving={{ busy: create.isPending || create.isSuccess, message: failure?.message ?? null, problems: failure?.problems ?? [] }}
      onSave={save}
      onEdited={() => create.isError && create.reset()}
      nameField={({ value, onChange, problem }) => (
        <Field label="Name" error={problem} className="mb-3 max-w-[360px]">
          {(control) => <Input {...control} maxLength={80} value={value} onChange={(event) => onChange(event.target.value)} />}
        </Field>
      )}
    />
  );
}
