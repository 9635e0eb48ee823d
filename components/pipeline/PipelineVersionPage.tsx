"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ApplyDialog } from "#components/apply/ApplyDialog.tsx";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { toast } from "#components/ui/toast.ts";
import { ArchivedNote } from "#components/versions/DocumentMenu.tsx";
import type { PlaceOfRunning } from "#components/versions/placesInWords.ts";
import { useDraftStore } from "#components/versions/useDraftStore.ts";
import { YamlText } from "#components/versions/YamlText.tsx";
import type { PipelineSettings } from "#domain/pipeline/pipelineSettings.ts";
import { EditorSkeleton } from "../sampling/EditorSkeleton.tsx";
import { MeasuredPanel } from "./MeasuredPanel.tsx";
import { draftFromSettings, pipelineDrafts } from "./pipelineDraft.ts";
import { PIPELINE_SCREEN } from "./pipelineScreen.ts";
import { SettingsForm } from "./SettingsForm.tsx";
import { useFindings } from "./useFindings.ts";

/** One version as it was saved; it can be applied again, or become a draft on the newest. */
export function PipelineVersionPage({ id, number }: { id: string; number: number }) {
  const trpc = useTRPC();
  const pipeline = useQuery(trpc.pipelines.get.queryOptions({ id }));
  const version = useQuery(trpc.pipelines.version.queryOptions({ id, number }, { staleTime: Number.POSITIVE_INFINITY }));
  return (
    <QueryView query={pipeline} what="The pipeline settings" skeleton={<EditorSkeleton />}>
      {(document) => (
        <QueryView query={version} what={`Version ${number}`} skeleton={<EditorSkeleton />}>
          {(data) => <SavedVersion document={document} version={data} />}
        </QueryView>
      )}
    </QueryView>
  );
}

type SavedVersionProps = {
  document: { id: string; name: string; currentVersion: number; runsEverywhere: number | null; runsIn: readonly PlaceOfRunning[]; archivedAtMs: number | null };
  version: { number: number; body: PipelineSettings; authorName: string; createdAtMs: number; message: string | null };
};

function SavedVersion({ document: { id, name, currentVersion, runsEverywhere, runsIn, archivedAtMs }, version }: SavedVersionProps) {
  const isArchived = archivedAtMs !== null;
  const router = useRouter();
  const mayEdit = useMay("editor");
  const mayChange = mayEdit && !isArchived;
  const [applying, setApplying] = useState(false);
  const [replacing, setReplacing] = useState(false);
  const store = useDraftStore();
  const { number, body } = version;
  const found = useFindings(body);
  const key = pipelineDrafts.draftKey(id, currentVersion);
  const becomeDraft = () => {
    if (pipelineDrafts.writeDraft(store, key, { draft: draftFromSettings(body), name: null, savedAtMs: Date.now() })) router.push(`/pipeline/${id}`);
    else toast.error("This browser has no room for a draft. Free some of its storage and try again.");
  };
  return (
    <>
      <PageHead
        title={`${name} v${number}`}
        crumbs={[PIPELINE_SCREEN, { label: name, href: `/pipeline/${id}` }, { label: "History", href: `/pipeline/${id}/history` }, { label: `v${number}` }]}
        sub={`Saved ${formatDate(version.createdAtMs)} by ${version.authorName}${version.message ? ` · ${version.message}` : ""}${runsIn.some((place) => place.version === number) ? " · runs now" : ""}`}
        actions={
          <>
            <ButtonLink variant="ghost" href={`/pipeline/${id}/history?from=${number}&to=${currentVersion}`}>
              Compare with v{currentVersion}
            </ButtonLink>
            {mayChange && runsEverywhere !== number && <Button onClick={() => setApplying(true)}>Apply v{number}…</Button>}
            {mayChange && number !== currentVersion && (
              <Button variant="primary" onClick={() => (pipelineDrafts.readDraft(store, key) ? setReplacing(true) : becomeDraft())}>
                Use as draft
              </Button>
            )}
          </>
        }
      />
      {isArchived ? (
        <ArchivedNote kind="pipeline" id={id} name={name} mayEdit={mayEdit} />
      ) : (
        <Note className="mb-3" role="status">
          <b>Read-only.</b> A saved version never changes{mayEdit && number !== currentVersion ? "; use it as a draft to go on from here" : ""}.
        </Note>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 xl:grid-cols-[minmax(0,1fr)_minmax(320px,380px)]">
        <div className="flex min-w-0 flex-col gap-3">
          <SettingsForm draft={draftFromSettings(body)} problems={new Map()} findings={found.findings} readOnly onChange={() => {}} />
          <Panel title="As YAML">
            <YamlText value={{ pipeline: body }} what="the pipeline settings" />
          </Panel>
        </div>
        <div className="flex min-w-0 flex-col gap-3 max-xl:order-first">
          <MeasuredPanel settings={body} {...found} />
        </div>
      </div>
      <ConfirmDialog
        open={replacing}
        onOpenChange={setReplacing}
        title="Replace the draft you have?"
        description={`There is a draft on v${currentVersion} in this browser. Using v${number} as the draft takes its place.`}
        confirmLabel="Replace my draft"
        danger
        onConfirm={becomeDraft}
      />
      {applying && <ApplyDialog open onOpenChange={setApplying} target={{ kind: "pipeline", id, version: number, name }} />}
    </>
  );
}
