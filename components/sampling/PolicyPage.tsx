"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { ApplyDialog } from "#components/apply/ApplyDialog.tsx";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Button, ButtonLink } from "#components/ui/Button.tsx";
import { toast } from "#components/ui/toast.ts";
import { ConflictDialog } from "#components/versions/ConflictDialog.tsx";
import { RunsOn } from "#components/versions/RunsOn.tsx";
import { useVersionSaving } from "#components/versions/useVersionSaving.tsx";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import type { DraftPolicy } from "./draft/draftPolicy.ts";
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
      {(data) => <PolicyEditing key={id} policy={data} />}
    </QueryView>
  );
}

type PolicyView = { id: string; name: string; currentVersion: number; body: SamplingPolicy; runningVersion: number | null };

function PolicyEditing({ policy }: { policy: PolicyView }) {
  const { id, name } = policy;
  const trpc = useTRPC();
  const router = useRouter();
  const mayEdit = useMay("editor");
  const { base, saved, saving, onEdited, conflict, conflictChoices, applying, setApplying, notice } = useVersionSaving<
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
    left: ({ version }) => forgetDraft(localStorage, draftKey(id, version)),
  });
  const storageKey = draftKey(id, base.version);
  const copyAsNew = (draft: DraftPolicy) => {
    if (!writeDraft(localStorage, draftKey(`new-${id}`, 0), { draft, name: `${name} (mine)`, savedAtMs: Date.now() })) {
      toast.error("This browser has no room for the draft; nothing was changed. Close other drafts and try again.");
      return;
    }
    forgetDraft(localStorage, storageKey);
    router.push(`/sampling/new?from=${id}`);
  };

  return (
    <>
      <PolicyEditor
        key={`${base.version} ${base.draft === null}`}
        title={name}
        crumbs={[{ label: "Sampling", href: "/sampling" }, { label: name }]}
        base={{ label: `v${base.version}`, body: base.body }}
        next={`v${base.version + 1}`}
        storageKey={storageKey}
        initial={base.draft}
        newName={null}
        readOnly={!mayEdit}
        status={<RunsOn kind="policy" id={id} runningVersion={policy.runningVersion} />}
        actions={
          <>
            <ButtonLink variant="ghost" href={`/sampling/${id}/history`}>
              History
            </ButtonLink>
            {mayEdit && policy.runningVersion !== base.version && <Button onClick={() => setApplying(base.version)}>Apply v{base.version}…</Button>}
          </>
        }
        notices={notice}
        saving={saving}
        onSave={({ policy: body, ...save }) => saved(body, save)}
        onEdited={onEdited}
      />
      {conflict && (
        <ConflictDialog
          conflict={conflict}
          baseVersion={base.version}
          baseBody={base.body}
          theirWords={<PolicyChangeWords before={base.body} after={conflict.body} />}
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
