"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ApplyDialog } from "#components/apply/ApplyDialog.tsx";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { toast } from "#components/ui/toast.ts";
import { ChangeWords } from "#components/versions/ChangeWords.tsx";
import { ConflictDialog, readConflict, type SavedMeanwhile } from "#components/versions/ConflictDialog.tsx";
import { NewerVersionNote } from "#components/versions/NewerVersionNote.tsx";
import { RunsOn } from "#components/versions/RunsOn.tsx";
import { useAskedApply } from "#components/versions/useAskedApply.ts";
import { describePipelineChange } from "#domain/pipeline/describePipelineChange.ts";
import type { PipelineSettings } from "#domain/pipeline/pipelineSettings.ts";
import { EditorSkeleton } from "../sampling/EditorSkeleton.tsx";
import { PipelineEditor, type PipelineSave } from "./PipelineEditor.tsx";
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
type Base = { version: number; body: PipelineSettings; initial: PipelineDraft | null };

function PipelineEditing({ pipeline }: { pipeline: PipelineView }) {
  const { id, name, runningVersion } = pipeline;
  const trpc = useTRPC();
  const router = useRouter();
  const mayEdit = useMay("editor");
  const [base, setBase] = useState<Base>({ version: pipeline.currentVersion, body: pipeline.body, initial: null });
  const [conflict, setConflict] = useState<SavedMeanwhile<PipelineSettings> & { draft: PipelineDraft }>();
  const [applying, setApplying] = useAskedApply(pipeline.currentVersion);
  const save = useMutation(trpc.pipelines.saveVersion.mutationOptions());
  const failure = save.isError ? describeError(save.error) : null;

  const saved = ({ settings: body, choice, draft, done }: PipelineSave) =>
    save.mutate(
      { id, baseVersion: base.version, body, message: choice.message || undefined },
      {
        onSuccess: ({ version }) => {
          done();
          setBase({ version, body, initial: null });
          if (choice.apply) setApplying(version);
          else
            toast.ok(`Saved ${name} v${version}. Collectors run it once it is applied.`, { action: { label: "Apply…", onClick: () => setApplying(version) } });
        },
        onError: (error) => {
          const theirs = readConflict(describeError(error).conflict, toSettings);
          if (theirs) setConflict({ ...theirs, draft });
        },
      },
    );
  const storageKey = pipelineDrafts.draftKey(id, base.version);
  const moveTo = (next: Base) => {
    pipelineDrafts.forgetDraft(localStorage, storageKey);
    setConflict(undefined);
    save.reset();
    setBase(next);
  };
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
        key={`${base.version} ${base.initial === null}`}
        title={name}
        crumbs={[PIPELINE_SCREEN, { label: name }]}
        base={{ label: `v${base.version}`, body: base.body }}
        next={`v${base.version + 1}`}
        storageKey={storageKey}
        initial={base.initial}
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
        notices={
          pipeline.currentVersion > base.version &&
          !save.isPending && (
            <NewerVersionNote
              newer={pipeline.currentVersion}
              base={base.version}
              onOpen={() => moveTo({ version: pipeline.currentVersion, body: pipeline.body, initial: null })}
            />
          )
        }
        saving={{ busy: save.isPending, message: failure && failure.code !== "CONFLICT" ? failure.message : null, problems: failure?.problems ?? [] }}
        onSave={saved}
        onEdited={() => save.isError && save.reset()}
      />
      {conflict && (
        <ConflictDialog
          conflict={conflict}
          baseVersion={base.version}
          baseBody={base.body}
          theirWords={<ChangeWords sentences={describePipelineChange(base.body, conflict.body)} />}
          onOnTop={() => moveTo({ version: conflict.currentVersion, body: conflict.body, initial: conflict.draft })}
          onCopy={() => copyAsNew(conflict.draft)}
          onDiscard={() => moveTo({ version: conflict.currentVersion, body: conflict.body, initial: null })}
          onClose={() => setConflict(undefined)}
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
