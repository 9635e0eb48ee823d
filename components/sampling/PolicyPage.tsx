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
import { ConflictDialog, readConflict, type SavedMeanwhile } from "#components/versions/ConflictDialog.tsx";
import { NewerVersionNote } from "#components/versions/NewerVersionNote.tsx";
import { RunsOn } from "#components/versions/RunsOn.tsx";
import { useAskedApply } from "#components/versions/useAskedApply.ts";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import type { DraftPolicy } from "./draft/draftPolicy.ts";
import { draftKey, forgetDraft, writeDraft } from "./draft/draftStore.ts";
import { EditorSkeleton } from "./EditorSkeleton.tsx";
import { PolicyEditor, type Save } from "./editor/PolicyEditor.tsx";
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
type Base = { version: number; body: SamplingPolicy; initial: DraftPolicy | null };

function PolicyEditing({ policy }: { policy: PolicyView }) {
  const { id, name } = policy;
  const trpc = useTRPC();
  const router = useRouter();
  const mayEdit = useMay("editor");
  const [base, setBase] = useState<Base>({ version: policy.currentVersion, body: policy.body, initial: null });
  const [conflict, setConflict] = useState<SavedMeanwhile<SamplingPolicy> & { draft: DraftPolicy }>();
  const [applying, setApplying] = useAskedApply(policy.currentVersion);
  const save = useMutation(trpc.policies.saveVersion.mutationOptions());
  const failure = save.isError ? describeError(save.error) : null;
  const newerBySomebody = policy.currentVersion > base.version && !save.isPending;

  const saved = ({ policy: body, choice, draft, done }: Save) =>
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
          const theirs = readConflict(describeError(error).conflict, toPolicy);
          if (theirs) setConflict({ ...theirs, draft });
        },
      },
    );
  const storageKey = draftKey(id, base.version);
  const moveTo = (next: Base) => {
    forgetDraft(localStorage, storageKey);
    setConflict(undefined);
    save.reset();
    setBase(next);
  };
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
        key={`${base.version} ${base.initial === null}`}
        title={name}
        crumbs={[{ label: "Sampling", href: "/sampling" }, { label: name }]}
        base={{ label: `v${base.version}`, body: base.body }}
        next={`v${base.version + 1}`}
        storageKey={storageKey}
        initial={base.initial}
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
        notices={
          newerBySomebody && (
            <NewerVersionNote
              newer={policy.currentVersion}
              base={base.version}
              onOpen={() => moveTo({ version: policy.currentVersion, body: policy.body, initial: null })}
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
          theirWords={<PolicyChangeWords before={base.body} after={conflict.body} />}
          onOnTop={() => moveTo({ version: conflict.currentVersion, body: conflict.body, initial: conflict.draft })}
          onCopy={() => copyAsNew(conflict.draft)}
          onDiscard={() => moveTo({ version: conflict.currentVersion, body: conflict.body, initial: null })}
          onClose={() => setConflict(undefined)}
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
