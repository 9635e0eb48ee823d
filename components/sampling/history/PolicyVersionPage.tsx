"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ApplyDialog } from "#components/apply/ApplyDialog.tsx";
import { compareHref } from "#components/compare/compareHref.ts";
import { TryMenu } from "#components/compare/TryMenu.tsx";
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
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { draftFromPolicy } from "../draft/draftPolicy.ts";
import { draftKey, readDraft, writeDraft } from "../draft/draftStore.ts";
import { EditorSkeleton } from "../EditorSkeleton.tsx";
import { EstimatePanel } from "../EstimatePanel.tsx";
import { ScopePanel } from "../editor/ScopePanel.tsx";
import { TiersPanel } from "../editor/TiersPanel.tsx";
import { EditorProvider } from "../editorContext.tsx";

const NOTHING = () => {};

/** One version as it was saved; it can be applied again, or become a draft on the newest. */
export function PolicyVersionPage({ id, number }: { id: string; number: number }) {
  const trpc = useTRPC();
  const policy = useQuery(trpc.policies.get.queryOptions({ id }));
  const version = useQuery(trpc.policies.version.queryOptions({ id, number }, { staleTime: Number.POSITIVE_INFINITY }));
  return (
    <QueryView query={policy} what="The policy" skeleton={<EditorSkeleton />}>
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
  version: { number: number; body: SamplingPolicy; authorName: string; createdAtMs: number; message: string | null };
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
  const key = draftKey(id, currentVersion);
  const becomeDraft = () => {
    if (writeDraft(store, key, { draft: draftFromPolicy(body), name: null, savedAtMs: Date.now() })) router.push(`/sampling/${id}`);
    else toast.error("This browser has no room for a draft. Free some of its storage and try again.");
  };
  return (
    <EditorProvider value={{ readOnly: true, scope: body.scope, problems: new Map(), edit: NOTHING }}>
      <PageHead
        title={`${name} v${number}`}
        crumbs={[
          { label: "Sampling", href: "/sampling" },
          { label: name, href: `/sampling/${id}` },
          { label: "History", href: `/sampling/${id}/history` },
          { label: `v${number}` },
        ]}
        sub={`Saved ${formatDate(version.createdAtMs)} by ${version.authorName}${version.message ? ` · ${version.message}` : ""}${runsIn.some((place) => place.version === number) ? " · runs now" : ""}`}
        actions={
          <>
            <ButtonLink variant="ghost" href={`/sampling/${id}/history?from=${number}&to=${currentVersion}`}>
              Compare with v{currentVersion}
            </ButtonLink>
            {mayChange && <TryMenu onTry={(over) => router.push(compareHref({ policy: id, version: number, over }))} />}
            {mayChange && runsEverywhere !== number && <Button onClick={() => setApplying(true)}>Apply v{number}…</Button>}
            {mayChange && number !== currentVersion && (
              <Button variant="primary" onClick={() => (readDraft(store, key) ? setReplacing(true) : becomeDraft())}>
                Use as draft
              </Button>
            )}
          </>
        }
      />
      {isArchived ? (
        <ArchivedNote kind="sampling" id={id} name={name} mayEdit={mayEdit} />
      ) : (
        <Note className="mb-3" role="status">
          <b>Read-only.</b> A saved version never changes{mayEdit && number !== currentVersion ? "; use it as a draft to go on from here" : ""}.
        </Note>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 xl:grid-cols-[minmax(0,1fr)_minmax(320px,380px)]">
        <div className="flex min-w-0 flex-col gap-3">
          <ScopePanel draft={draftFromPolicy(body)} />
          <TiersPanel draft={draftFromPolicy(body)} base={body} history={{ undo: NOTHING, redo: NOTHING, canUndo: false, canRedo: false }} />
          <Panel title="As YAML">
            <YamlText value={{ sampling: body }} what="the policy" />
          </Panel>
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <EstimatePanel draft={body} label={`v${number}`} />
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
      {applying && <ApplyDialog open onOpenChange={setApplying} target={{ kind: "policy", id, version: number, name }} />}
    </EditorProvider>
  );
}
