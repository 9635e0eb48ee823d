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
import { ArchivedNote, DocumentMenu } from "#components/versions/DocumentMenu.tsx";
import { type FoundDraft, olderBase } from "#components/versions/foundDraft.ts";
import { MergingConflict } from "#components/versions/MergingConflict.tsx";
import type { PlaceOfRunning } from "#components/versions/placesInWords.ts";
import { RunsOn } from "#components/versions/RunsOn.tsx";
import { useDraftStore } from "#components/versions/useDraftStore.ts";
import { giveUpDraft } from "#components/versions/useServerDraft.ts";
import { useVersionSaving } from "#components/versions/useVersionSaving.tsx";
import { WithDraft } from "#components/versions/WithDraft.tsx";
import { mergePolicies } from "#domain/sampling/mergePolicies.ts";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { type DraftPolicy, draftFromPolicy } from "./draft/draftPolicy.ts";
import { draftKey, forgetDraft, writeDraft } from "./draft/draftStore.ts";
import { EditorSkeleton } from "./EditorSkeleton.tsx";
import { PolicyEditor } from "./editor/PolicyEditor.tsx";
import { PolicyChangeWords } from "./PolicyChangeWords.tsx";

/** One policy, open in the editor on its current version. */
export function PolicyPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const policy = useQuery(trpc.policies.get.queryOptions({ id }));
  return (
    <QueryView query={policy} what="The policy" skeleton={<EditorSkeleton />}>
      {(data) => (
        <WithDraft place={{ kind: "sampling", key: id }} skeleton={<EditorSkeleton />}>
          {(found) => <OnDraft key={id} policy={data} found={found} />}
        </WithDraft>
      )}
    </QueryView>
  );
}

type PolicyView = {
  id: string;
  name: string;
  currentVersion: number;
  body: SamplingPolicy;
  runningVersion: number | null;
  runsEverywhere: number | null;
  runsIn: readonly PlaceOfRunning[];
  archivedAtMs: number | null;
};

/** Opens on the version that the draft stands on, which may be older than the newest. */
function OnDraft({ policy, found }: { policy: PolicyView; found: FoundDraft }) {
  const [number] = useState(() => olderBase(found, policy.currentVersion));
  const version = useQuery(
    useTRPC().policies.version.queryOptions({ id: policy.id, number: number ?? 1 }, { enabled: number !== null, staleTime: Number.POSITIVE_INFINITY }),
  );
  if (number !== null && version.isPending) return <EditorSkeleton />;
  return <PolicyEditing policy={policy} found={found} start={number !== null && version.data ? { version: number, body: version.data.body } : null} />;
}

type PolicyEditingProps = { policy: PolicyView; found: FoundDraft; start: { version: number; body: SamplingPolicy } | null };

function PolicyEditing({ policy, found, start }: PolicyEditingProps) {
  const { id, name } = policy;
  const trpc = useTRPC();
  const router = useRouter();
  const isArchived = policy.archivedAtMs !== null;
  const mayEdit = useMay("editor");
  const store = useDraftStore();
  const { base, saved, saving, onEdited, conflict, conflictChoices, goOnWith, applying, setApplying, notice } = useVersionSaving<
    SamplingPolicy,
    DraftPolicy,
    SamplingPolicy,
    unknown
  >({
    document: policy,
    save: useMutation(trpc.policies.saveVersion.mutationOptions()),
    readBody: toPolicy,
    shown: (body) => body,
    verb: "run",
    start,
    left: ({ version }) => {
      forgetDraft(store, draftKey(id, version));
      void giveUpDraft({ kind: "sampling", key: id });
    },
  });
  const storageKey = draftKey(id, base.version);
  const copyAsNew = (draft: DraftPolicy) => {
    if (!writeDraft(store, draftKey(`new-${id}`, 0), { draft, name: `${name} (mine)`, savedAtMs: Date.now() })) {
      toast.error("This browser has no room for the draft; nothing was changed. Close other drafts and try again.");
      return;
    }
    forgetDraft(store, storageKey);
    void giveUpDraft({ kind: "sampling", key: id });
    router.push(`/sampling/new?from=${id}`);
  };

  return (
    <>
      <PolicyEditor
        key={`${base.version} ${base.draft === null} ${isArchived}`}
        title={name}
        crumbs={[{ label: "Sampling", href: "/sampling" }, { label: name }]}
        base={{ label: `v${base.version}`, body: base.body }}
        next={`v${base.version + 1}`}
        place={{ kind: "sampling", key: id, baseVersion: base.version }}
        found={found}
        initial={base.draft}
        newName={null}
        readOnly={!mayEdit || isArchived}
        status={<RunsOn kind="policy" id={id} runsIn={policy.runsIn} />}
        actions={
          <>
            <ButtonLink variant="ghost" href={`/sampling/${id}/export`}>
              Export
            </ButtonLink>
            <ButtonLink variant="ghost" href={`/sampling/${id}/history`}>
              History
            </ButtonLink>
            {mayEdit && !isArchived && <DocumentMenu kind="sampling" document={policy} href="/sampling" />}
            {mayEdit && !isArchived && policy.runsEverywhere !== base.version && (
              <Button onClick={() => setApplying(base.version)}>Apply v{base.version}…</Button>
            )}
          </>
        }
        notices={
          <>
            {isArchived && <ArchivedNote kind="sampling" id={id} name={name} mayEdit={mayEdit} />}
            {notice}
          </>
        }
        saving={saving}
        onSave={({ policy: body, ...save }) => saved(body, save)}
        onEdited={onEdited}
      />
      {conflict && (
        <MergingConflict
          merge={mergePolicies}
          words={(before, after) => <PolicyChangeWords before={before} after={after} />}
          conflict={conflict}
          base={base}
          onMerged={(body) => goOnWith(draftFromPolicy(body))}
          onCopy={() => copyAsNew(conflict.draft)}
          {...conflictChoices}
        />
      )}
      {applying !== null && <ApplyDialog open onOpenChange={(open) => !open && setApplying(null)} target={{ kind: "policy", id, version: applying, name }} />}
    </>
  );
}

function toPolicy(body: unknown): SamplingPolicy | undefined {
  const parsed = parseOrProblems(samplingPolicySchema, body);
  return parsed.ok ? parsed.value : undefined;
}
