"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ApplyDialog } from "#components/apply/ApplyDialog.tsx";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { toast } from "#components/ui/toast.ts";
import { ChangeWords } from "#components/versions/ChangeWords.tsx";
import { ArchivedNote, DocumentMenu } from "#components/versions/DocumentMenu.tsx";
import { type FoundDraft, olderBase } from "#components/versions/foundDraft.ts";
import { MergingConflict } from "#components/versions/MergingConflict.tsx";
import type { PlaceOfRunning } from "#components/versions/placesInWords.ts";
import { RunsOn } from "#components/versions/RunsOn.tsx";
import { useDraftStore } from "#components/versions/useDraftStore.ts";
import { giveUpDraft } from "#components/versions/useServerDraft.ts";
import { useVersionSaving } from "#components/versions/useVersionSaving.tsx";
import { WithDraft } from "#components/versions/WithDraft.tsx";
import { describePipelineChange } from "#domain/pipeline/describePipelineChange.ts";
import { mergePipelines } from "#domain/pipeline/mergePipelines.ts";
import type { PipelineSettings } from "#domain/pipeline/pipelineSettings.ts";
import { EditorSkeleton } from "../sampling/EditorSkeleton.tsx";
import { PipelineEditor } from "./PipelineEditor.tsx";
import { checkSettings, draftFromSettings, type PipelineDraft, pipelineDrafts } from "./pipelineDraft.ts";
import { PIPELINE_SCREEN } from "./pipelineScreen.ts";

/** One set of pipeline settings, open in the editor on its current version. */
export function PipelinePage({ id }: { id: string }) {
  const pipeline = useQuery(useTRPC().pipelines.get.queryOptions({ id }));
  return (
    <QueryView query={pipeline} what="The pipeline settings" skeleton={<EditorSkeleton />}>
      {(data) => (
        <WithDraft place={{ kind: "pipeline", key: id }} skeleton={<EditorSkeleton />}>
          {(found) => <OnDraft key={id} pipeline={data} found={found} />}
        </WithDraft>
      )}
    </QueryView>
  );
}

type PipelineView = {
  id: string;
  name: string;
  currentVersion: number;
  body: PipelineSettings;
  runningVersion: number | null;
  runsEverywhere: number | null;
  runsIn: readonly PlaceOfRunning[];
  archivedAtMs: number | null;
};

/** Opens on the version that the draft stands on, which may be older than the newest. */
function OnDraft({ pipeline, found }: { pipeline: PipelineView; found: FoundDraft }) {
  const [number] = useState(() => olderBase(found, pipeline.currentVersion));
  const version = useQuery(
    useTRPC().pipelines.version.queryOptions({ id: pipeline.id, number: number ?? 1 }, { enabled: number !== null, staleTime: Number.POSITIVE_INFINITY }),
  );
  if (number !== null && version.isPending) return <EditorSkeleton />;
  return <PipelineEditing pipeline={pipeline} found={found} start={number !== null && version.data ? { version: number, body: version.data.body } : null} />;
}

type PipelineEditingProps = { pipeline: PipelineView; found: FoundDraft; start: { version: number; body: PipelineSettings } | null };

function PipelineEditing({ pipeline, found, start }: PipelineEditingProps) {
  const { id, name, runsEverywhere } = pipeline;
  const trpc = useTRPC();
  const router = useRouter();
  const isArchived = pipeline.archivedAtMs !== null;
  const mayEdit = useMay("editor");
  const store = useDraftStore();
  const { base, saved, saving, onEdited, conflict, conflictChoices, goOnWith, applying, setApplying, notice } = useVersionSaving<
    PipelineSettings,
    PipelineDraft,
    PipelineSettings,
    unknown
  >({
    document: pipeline,
    save: useMutation(trpc.pipelines.saveVersion.mutationOptions()),
    readBody: toSettings,
    shown: (settings) => settings,
    verb: "run",
    start,
    left: ({ version }) => {
      pipelineDrafts.forgetDraft(store, pipelineDrafts.draftKey(id, version));
      void giveUpDraft({ kind: "pipeline", key: id });
    },
  });
  const storageKey = pipelineDrafts.draftKey(id, base.version);
  const copyAsNew = (draft: PipelineDraft) => {
    if (!pipelineDrafts.writeDraft(store, pipelineDrafts.draftKey(`new-${id}`, 0), { draft, name: `${name} (mine)`, savedAtMs: Date.now() })) {
      toast.error("This browser has no room for the draft; nothing was changed. Close other drafts and try again.");
      return;
    }
    pipelineDrafts.forgetDraft(store, storageKey);
    void giveUpDraft({ kind: "pipeline", key: id });
    router.push(`/pipeline/new?from=${id}`);
  };

  return (
    <>
      <PipelineEditor
        key={`${base.version} ${base.draft === null} ${isArchived}`}
        title={name}
        crumbs={[PIPELINE_SCREEN, { label: name }]}
        base={{ label: `v${base.version}`, body: base.body }}
        next={`v${base.version + 1}`}
        place={{ kind: "pipeline", key: id, baseVersion: base.version }}
        found={found}
        initial={base.draft}
        newName={null}
        readOnly={!mayEdit || isArchived}
        status={<RunsOn kind="pipeline" id={id} runsIn={pipeline.runsIn} />}
        actions={
          <>
            <ButtonLink variant="ghost" href={`/pipeline/${id}/history`}>
              History
            </ButtonLink>
            {mayEdit && !isArchived && <DocumentMenu kind="pipeline" document={pipeline} href="/pipeline" />}
            {mayEdit && !isArchived && runsEverywhere !== base.version && <Button onClick={() => setApplying(base.version)}>Apply v{base.version}…</Button>}
          </>
        }
        notices={
          <>
            {isArchived && <ArchivedNote kind="pipeline" id={id} name={name} mayEdit={mayEdit} />}
            {notice}
          </>
        }
        saving={saving}
        onSave={({ settings, ...save }) => saved(settings, save)}
        onEdited={onEdited}
      />
      {conflict && (
        <MergingConflict
          merge={mergePipelines}
          words={(before, after) => <ChangeWords sentences={describePipelineChange(before, after)} />}
          conflict={conflict}
          base={base}
          onMerged={(body) => goOnWith(draftFromSettings(body))}
          onCopy={() => copyAsNew(conflict.draft)}
          {...conflictChoices}
        />
      )}
      {applying !== null && <ApplyDialog open onOpenChange={(open) => !open && setApplying(null)} target={{ kind: "pipeline", id, version: applying, name }} />}
    </>
  );
}

function toSettings(body: unknown): PipelineSettings | undefined {
  const parsed = checkSettings(body);
  return parsed.ok ? parsed.value : undefined;
}
