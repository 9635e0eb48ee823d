"use client";

import { type ReactNode, useMemo, useState } from "react";
import { TryOnTraffic } from "#components/compare/TryOnTraffic.tsx";
import type { Crumb } from "#components/shell/crumbs.tsx";
import { Button } from "#components/ui/Button.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { DocumentDiff } from "#components/versions/DocumentDiff.tsx";
import { DraftNotes, DraftSavedWords } from "#components/versions/DraftNotes.tsx";
import type { DraftPlace, FoundDraft } from "#components/versions/foundDraft.ts";
import { ProblemsNote } from "#components/versions/ProblemsNote.tsx";
import { type SaveChoice, SaveDialog } from "#components/versions/SaveDialog.tsx";
import { UnsavedGuard } from "#components/versions/UnsavedGuard.tsx";
import { useEditorKeys } from "#components/versions/useEditorKeys.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { Problem } from "#domain/validation/problems.ts";
import type { DraftPolicy } from "../draft/draftPolicy.ts";
import { problemLines, problemsByPath } from "../draft/problemPlaces.ts";
import { EstimatePanel } from "../EstimatePanel.tsx";
import { EditorProvider } from "../editorContext.tsx";
import { PolicyChangeWords } from "../PolicyChangeWords.tsx";
import { HintsPanel } from "./HintsPanel.tsx";
import { ReadOnlyNote } from "./ReadOnlyNote.tsx";
import { ScopePanel } from "./ScopePanel.tsx";
import { SharedSpansPanel } from "./SharedSpansPanel.tsx";
import { TiersPanel } from "./TiersPanel.tsx";
import { usePolicyDraft } from "./usePolicyDraft.ts";
import { useSharedSpans } from "./useSharedSpans.ts";

export type EditorBase = { label: string; body: SamplingPolicy };
export type Save = { name: string | null; policy: SamplingPolicy; choice: SaveChoice; draft: DraftPolicy; done: () => void };

type PolicyEditorProps = {
  title: string;
  crumbs: readonly Crumb[];
  base: EditorBase;
  /** The version that a save would make: "v15". */
  next: string;
  place: DraftPlace | null;
  found: FoundDraft;
  initial?: DraftPolicy | null;
  /** Suggested name of a policy that doesn't exist yet. */
  newName: string | null;
  readOnly: boolean;
  status: ReactNode;
  actions: ReactNode;
  notices?: ReactNode;
  saving: { busy: boolean; message: string | null; problems: readonly Problem[] };
  onSave: (save: Save) => void;
  onEdited: () => void;
  nameField?: (name: { value: string; onChange: (name: string) => void; problem: string | null }) => ReactNode;
};

/** The form of one policy: tiers at the left, what the draft would do at the right, the difference below. */
export function PolicyEditor(props: PolicyEditorProps) {
  const { base, readOnly, saving } = props;
  const editing = usePolicyDraft({ place: readOnly ? null : props.place, found: props.found, base: base.body, name: props.newName, initial: props.initial });
  const shared = useSharedSpans(editing.body);
  const [saveOpen, setSaveOpen] = useState(false);
  const { draft, dirty, body: policy } = editing;
  const bodyProblems = saving.problems.filter((problem) => problem.path !== "name");
  const problems = policy === null ? editing.problems : bodyProblems;
  const nameProblem =
    saving.problems.find((problem) => problem.path === "name")?.message ?? (editing.name !== null && editing.name.trim() === "" ? "must not be empty" : null);
  const byPath = useMemo(() => problemsByPath(problems), [problems]);
  const isNew = props.newName !== null;
  const savable = policy !== null && nameProblem === null && (dirty || isNew);

  const edit: typeof editing.edit = (change, key) => {
    props.onEdited();
    editing.edit(change, key);
  };
  const history = {
    undo: () => {
      props.onEdited();
      editing.undo();
    },
    redo: () => {
      props.onEdited();
      editing.redo();
    },
    canUndo: editing.canUndo,
    canRedo: editing.canRedo,
  };
  const openSave = () => savable && setSaveOpen(true);
  useEditorKeys({ ...history, save: openSave, addTier: () => edit({ kind: "addTier" }) }, !readOnly);

  return (
    <EditorProvider value={{ readOnly, scope: draft.scope, problems: byPath, edit }}>
      <PageHead
        title={props.title}
        crumbs={props.crumbs}
        sub={
          <>
            {dirty && !readOnly ? (isNew ? "Not saved yet" : `Draft on ${base.label}`) : base.label}
            {dirty && !readOnly && <DraftSavedWords kept={editing.kept} />} · {props.status}
          </>
        }
        actions={
          <>
            {props.actions}
            {!readOnly && dirty && !isNew && (
              <Button variant="ghost" onClick={editing.discard}>
                Discard draft
              </Button>
            )}
            {!readOnly && policy && (
              <TryOnTraffic
                policyId={props.place?.key ?? null}
                isNew={isNew}
                title={
                  isNew ? `${editing.name ?? "new policy"} (not saved)` : dirty ? `${props.title} (draft on ${base.label})` : `${props.title} ${base.label}`
                }
                body={policy}
              />
            )}
            {!readOnly && (
              <Button variant="primary" disabled={!savable} onClick={openSave} title={dirty || isNew ? undefined : "Nothing has changed"}>
                Save as {props.next}…
              </Button>
            )}
          </>
        }
      />
      {readOnly && <ReadOnlyNote />}
      {props.notices}
      <DraftNotes editing={editing} dirty={dirty} />
      {props.nameField?.({
        value: editing.name ?? "",
        onChange: (name) => {
          props.onEdited();
          editing.setName(name);
        },
        problem: nameProblem,
      })}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 xl:grid-cols-[minmax(0,1fr)_minmax(320px,380px)]">
        <div className="flex min-w-0 flex-col gap-3">
          <ScopePanel draft={draft} />
          <TiersPanel draft={draft} base={base.body} history={history} />
          {dirty && (
            <DocumentDiff
              title={`${base.label} → draft`}
              name="The difference"
              before={base.body}
              after={policy ?? editing.input}
              words={
                policy ? (
                  <PolicyChangeWords before={base.body} after={policy} />
                ) : (
                  <p className="text-ink-3">In words once the errors are put right; as lines under YAML already.</p>
                )
              }
            />
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          {problems.length > 0 && <ProblemsNote lines={problemLines(problems, draft)} />}
          {policy && <HintsPanel policy={policy} shared={shared} undo={history.undo} />}
          <EstimatePanel draft={policy} label={isNew ? "this" : dirty ? "draft" : base.label} />
          {policy && <SharedSpansPanel policy={policy} shared={shared} />}
        </div>
      </div>
      {!readOnly && <UnsavedGuard dirty={dirty && !saving.busy} kept={props.place !== null && (!editing.storageRefused || editing.kept.kind === "saved")} />}
      {policy && (
        <SaveDialog
          open={saveOpen}
          onOpenChange={setSaveOpen}
          title={isNew ? `Save ${editing.name}` : `Save ${props.title} as ${props.next}`}
          saveLabel={`Save as ${props.next}`}
          busy={saving.busy}
          error={saving.message}
          onSave={(choice) => props.onSave({ name: editing.name, policy, choice, draft, done: editing.forget })}
        >
          {dirty && !isNew && <PolicyChangeWords before={base.body} after={policy} />}
        </SaveDialog>
      )}
    </EditorProvider>
  );
}
