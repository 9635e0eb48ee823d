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
import type { FoundDraft } from "#components/versions/foundDraft.ts";
import { WithDraft } from "#components/versions/WithDraft.tsx";
import { type PipelineSettings, pipelineSettingsSchema } from "#domain/pipeline/pipelineSettings.ts";
import { EditorSkeleton } from "../sampling/EditorSkeleton.tsx";
import { ReadOnlyNote } from "../sampling/editor/ReadOnlyNote.tsx";
import { PipelineEditor, type PipelineSave } from "./PipelineEditor.tsx";
import { PIPELINE_SCREEN } from "./pipelineScreen.ts";

const CRUMBS = [PIPELINE_SCREEN, { label: "New pipeline settings" }];
const DEFAULTS = pipelineSettingsSchema.parse({});

/** `?from=<document>` begins with a copy of one; without it, with the defaults. */
export function NewPipelinePage() {
  const from = useSearchParams().get("from");
  const mayEdit = useMay("editor");
  if (!mayEdit) {
    return (
      <>
        <PageHead title="New pipeline settings" crumbs={CRUMBS} />
        <ReadOnlyNote what="pipeline settings" />
      </>
    );
  }
  if (from !== null && from !== "defaults") return <CopyOf key={from} id={from} />;
  return <NewPipeline from="defaults" origin="the defaults" suggestedName="Pipeline settings" body={DEFAULTS} />;
}

function CopyOf({ id }: { id: string }) {
  const pipeline = useQuery(useTRPC().pipelines.get.queryOptions({ id }));
  return (
    <QueryView query={pipeline} what="The pipeline settings to copy" skeleton={<EditorSkeleton />}>
      {(data) => <NewPipeline from={id} origin={`${data.name} v${data.currentVersion}`} suggestedName={`${data.name} copy`} body={data.body} />}
    </QueryView>
  );
}

type NewPipelineProps = { from: string; origin: string; suggestedName: string; body: PipelineSettings };

function NewPipeline(props: NewPipelineProps) {
  return (
    <WithDraft place={{ kind: "pipeline", key: `new-${props.from}` }} skeleton={<EditorSkeleton />}>
      {(found) => <NewPipelineEditing {...props} found={found} />}
    </WithDraft>
  );
}

function NewPipelineEditing({ from, origin, suggestedName, body, found }: NewPipelineProps & { found: FoundDraft }) {
  const draftKey = `new-${from}`;
  const trpc = useTRPC();
  const router = useRouter();
  const create = useMutation(trpc.pipelines.create.mutationOptions());
  const failure = create.isError ? describeError(create.error) : null;
  const save = ({ name, settings, choice, done }: PipelineSave) =>
    create.mutate(
      { name: (name ?? "").trim(), body: settings, message: choice.message || undefined, draftKey },
      {
        onSuccess: ({ id }) => {
          done();
          toast.ok(`Saved ${name} v1.`);
          router.replace(`/pipeline/${id}${choice.apply ? "?apply=1" : ""}`);
        },
      },
    );
  return (
    <PipelineEditor
      title="New pipeline settings"
      crumbs={CRUMBS}
      base={{ label: origin, body }}
      next="v1"
      place={{ kind: "pipeline", key: draftKey, baseVersion: 0 }}
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
