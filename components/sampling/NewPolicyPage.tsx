"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { toast } from "#components/ui/toast.ts";
import type { FoundDraft } from "#components/versions/foundDraft.ts";
import { WithDraft } from "#components/versions/WithDraft.tsx";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { CreateFrom } from "./CreateFrom.tsx";
import { EditorSkeleton } from "./EditorSkeleton.tsx";
import { PolicyEditor, type Save } from "./editor/PolicyEditor.tsx";
import { ReadOnlyNote } from "./editor/ReadOnlyNote.tsx";
import { IMPORTED, templateById } from "./templates.ts";

const CRUMBS = [{ label: "Sampling", href: "/sampling" }, { label: "New policy" }];

/** `?from=four-tiers`, `?from=keep-everything`, `?from=<policy>`, `?from=imported-…` for what was imported; without it the choice is shown. */
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
  if (from?.startsWith(IMPORTED)) return <Imported key={from} from={from} />;
  if (from !== null) return <CopyOf key={from} id={from} />;
  return (
    <>
      <PageHead title="New policy" crumbs={CRUMBS} />
      <CreateFrom />
    </>
  );
}

/** What was imported is in the draft alone, so without it there is nothing to go on with. It is compared with what collectors do without a policy. */
function Imported({ from }: { from: string }) {
  const base = templateById("keep-everything");
  return (
    <WithDraft place={{ kind: "sampling", key: `new-${from}` }} skeleton={<EditorSkeleton />}>
      {(found) =>
        found && base ? (
          <NewPolicyEditing from={from} origin="keep everything" suggestedName={found.name ?? "imported"} body={base.body} found={found} />
        ) : (
          <>
            <PageHead title="New policy" crumbs={CRUMBS} />
            <EmptyState title="This draft is not there any more" actions={<ButtonLink href="/sampling/import">Import</ButtonLink>}>
              It was saved or discarded, or somebody else began it.
            </EmptyState>
          </>
        )
      }
    </WithDraft>
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

function NewPolicy(props: NewPolicyProps) {
  return (
    <WithDraft place={{ kind: "sampling", key: `new-${props.from}` }} skeleton={<EditorSkeleton />}>
      {(found) => <NewPolicyEditing {...props} found={found} />}
    </WithDraft>
  );
}

function NewPolicyEditing({ from, origin, suggestedName, body, found }: NewPolicyProps & { found: FoundDraft }) {
  const draftKey = `new-${from}`;
  const trpc = useTRPC();
  const router = useRouter();
  const create = useMutation(trpc.policies.create.mutationOptions());
  const failure = create.isError ? describeError(create.error) : null;
  const save = ({ name, policy, choice, done }: Save) =>
    create.mutate(
      { name: (name ?? "").trim(), body: policy, message: choice.message || undefined, draftKey },
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
      place={{ kind: "sampling", key: draftKey, baseVersion: 0 }}
      found={found}
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
