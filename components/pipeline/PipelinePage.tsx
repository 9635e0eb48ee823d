"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { ApplyDialog } from "#components/apply/ApplyDialog.tsx";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { toast } from "#components/ui/toast.ts";
import { ChangeWords } from "#components/versions/ChangeWords.tsx";
import { ConflictDialog } from "#components/versions/ConflictDialog.tsx";
import { RunsOn } from "#components/versions/RunsOn.tsx";
import { useVersionSaving } from "#components/versions/useVersionSaving.tsx";
import { describePipelineChange } from "#domain/pipeline/describePipelineChange.ts";
import type { PipelineSettings } from "#domain/pipeline/pipelineSettings.ts";
import { EditorSkeleton } from "../sampling/EditorSkeleton.tsx";
import { PipelineEditor } from "./PipelineEditor.tsx";
import { checkSettings, type PipelineDraft, pipelineDrafts } from "./pipelineDraft.ts";
import { PIPELINE_SCREEN } from "./pipelineScreen.ts";

/** One set of pipeline settings, open in the editor on its current version. */
export function PipelinePage({ id }: { id: string }) {
  const pipeline = useQuery(useTRPC().pipelines.get.queryOptions({ id }));
  return (
    <QueryView query={pipeline} what="The pipeline settings" skeleton={<EditorSkeleton />}>
      {(data) => <PipelineEditing key={id} pipeline={data} />}
    </QueryView>
  );
}

type PipelineView = { id: string; name: string; currentVersion: number; body: PipelineSettings; runningVersion: number | null };

function PipelineEditing({ pipeline }: { pipeline: PipelineView }) {
  const { id, name, runningVersion } = pipeline;
  const trpc = useTRPC();
  const router = useRouter();
  const mayEdit = useMay("editor");
  const { base, saved, saving, onEdited, conflict, conflictChoices, applying, setApplying, notice } = useVersionSaving<
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
    left: ({ version }) => pipelineDrafts.forgetDraft(localStorage, pipelineDrafts.draftKey(id, version)),
  });
  const storageKey = pipelineDrafts.draftKey(id, base.version);
  const copyAsNew = (draft: PipelineDraft) => {
    if (!pipelineDrafts.writeDraft(localStorage, pipelineDrafts.draftKey(`new-${id}`, 0), { draft, name: `${name} (mine)`, savedAtMs: Date.now() })) {
      toast.error("This browser has no room for the draft; nothing was changed. Close other drafts and try again.");
      return;
    }
    pipelineDrafts.forgetDraft(localStorage, storageKey);
    router.push(`/pipeline/new?from=${id}`);
  };

  return (
    <>
      <PipelineEditor
        key={`${base.version} ${base.draft === null}`}
        title={name}
        crumbs={[PIPELINE_SCREEN, { label: name }]}
        base={{ label: `v${base.version}`, body: base.body }}
        next={`v${base.version + 1}`}
        storageKey={storageKey}
        initial={base.draft}
        newName={null}
        readOnly={!mayEdit}
        status={<RunsOn kind="pipeline" id={id} runningVersion={runningVersion} />}
        actions={
          <>
            <ButtonLink variant="ghost" href={`/pipeline/${id}/history`}>
              History
            </ButtonLink>
            {mayEdit && (
              <ButtonLink variant="ghost" href={`/pipeline/new?from=${id}`}>
                Duplicate
              </ButtonLink>
            )}
            {mayEdit && runningVersion !== base.version && <Button onClick={() => setApplying(base.version)}>Apply v{base.version}…</Button>}
          </>
        }
        notices={notice}
        saving={saving}
        onSave={({ settings, ...save }) => saved(settings, save)}
        onEdited={onEdited}
      />
      {conflict && (
        <ConflictDialog
          conflict={conflict}
          baseVersion={base.version}
          baseBody={base.body}
          theirWords={<ChangeWords sentences={describePipelineChange(base.body, conflict.body)} />}
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
