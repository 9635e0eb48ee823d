"use client";

import { type ReactNode, useMemo, useState } from "react";
import type { Crumb } from "#components/shell/crumbs.tsx";
import { Button } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { ChangeWords } from "#components/versions/ChangeWords.tsx";
import { DocumentDiff } from "#components/versions/DocumentDiff.tsx";
import { DraftNotes, DraftSavedWords } from "#components/versions/DraftNotes.tsx";
import type { DraftPlace, FoundDraft } from "#components/versions/foundDraft.ts";
import { ProblemsNote } from "#components/versions/ProblemsNote.tsx";
import { type SaveChoice, SaveDialog } from "#components/versions/SaveDialog.tsx";
import { UnsavedGuard } from "#components/versions/UnsavedGuard.tsx";
import { useDraft } from "#components/versions/useDraft.ts";
import { useEditorKeys } from "#components/versions/useEditorKeys.ts";
import { describePipelineChange } from "#domain/pipeline/describePipelineChange.ts";
import type { PipelineField, PipelineSection } from "#domain/pipeline/pipelineFields.ts";
import type { PipelineSettings } from "#domain/pipeline/pipelineSettings.ts";
import { FIELD_WORDS } from "#domain/pipeline/pipelineWords.ts";
import type { Problem } from "#domain/validation/problems.ts";
import { ReadOnlyNote } from "../sampling/editor/ReadOnlyNote.tsx";
import { fieldId, problemInWords } from "./fieldWords.ts";
import { MeasuredPanel } from "./MeasuredPanel.tsx";
import { checkSettings, type DraftSetting, draftFromSettings, type PipelineDraft, pipelineDrafts, pipelineInput, problemsByField } from "./pipelineDraft.ts";
import { SettingsForm, sectionTitle } from "./SettingsForm.tsx";
import { useFindings } from "./useFindings.ts";

export type PipelineSave = { name: string | null; settings: PipelineSettings; choice: SaveChoice; draft: PipelineDraft; done: () => void };

type PipelineEditorProps = {
  title: string;
  crumbs: readonly Crumb[];
  base: { label: string; body: PipelineSettings };
  /** The version that a save would make: "v15". */
  next: string;
  place: DraftPlace | null;
  found: FoundDraft;
  initial?: PipelineDraft | null;
  /** Suggested name of a document that doesn't exist yet. */
  newName: string | null;
  readOnly: boolean;
  status: ReactNode;
  actions: ReactNode;
  notices?: ReactNode;
  saving: { busy: boolean; message: string | null; problems: readonly Problem[] };
  onSave: (save: PipelineSave) => void;
  onEdited: () => void;
  nameField?: (name: { value: string; onChange: (name: string) => void; problem: string | null }) => ReactNode;
};

/** The form of one set of pipeline settings, checked by the schema and against what is measured. */
export function PipelineEditor(props: PipelineEditorProps) {
  const { base, readOnly, saving } = props;
  const editing = useDraft<PipelineDraft, PipelineSettings>({
    drafts: pipelineDrafts,
    place: readOnly ? null : props.place,
    found: props.found,
    base: base.body,
    name: props.newName,
    initial: props.initial,
    toDraft: draftFromSettings,
    toInput: pipelineInput,
    check: checkSettings,
  });
  const [saveOpen, setSaveOpen] = useState(false);
  const { draft, dirty, body } = editing;
  const problems = body === null ? editing.problems : saving.problems.filter((problem) => problem.path !== "name");
  const byField = useMemo(() => problemsByField(problems), [problems]);
  const found = useFindings(body);
  const nameProblem =
    saving.problems.find((problem) => problem.path === "name")?.message ?? (editing.name !== null && editing.name.trim() === "" ? "must not be empty" : null);
  const isNew = props.newName !== null;
  const savable = body !== null && nameProblem === null && (dirty || isNew);
  const words = body && describePipelineChange(base.body, body);

  const edited =
    (work: () => void): (() => void) =>
    () => {
      props.onEdited();
      work();
    };
  const change = (field: PipelineField, setting: DraftSetting) => edited(() => editing.edit((current) => ({ ...current, [field]: setting }), field))();
  const openSave = () => savable && setSaveOpen(true);
  useEditorKeys({ undo: edited(editing.undo), redo: edited(editing.redo), save: openSave }, !readOnly);

  return (
    <>
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
              <Button variant="ghost" onClick={edited(editing.discard)}>
                Discard draft
              </Button>
            )}
            {!readOnly && (
              <Button variant="primary" disabled={!savable} onClick={openSave} title={dirty || isNew ? undefined : "Nothing has changed"}>
                Save as {props.next}…
              </Button>
            )}
          </>
        }
      />
      {readOnly && <ReadOnlyNote what="pipeline settings" />}
      {props.notices}
      <DraftNotes editing={editing} dirty={dirty} />
      {props.nameField?.({ value: editing.name ?? "", onChange: (name) => edited(() => editing.setName(name))(), problem: nameProblem })}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 xl:grid-cols-[minmax(0,1fr)_minmax(320px,380px)]">
        <div className="flex min-w-0 flex-col gap-3">
          <SettingsForm draft={draft} problems={byField} findings={found.findings} readOnly={readOnly} onChange={change} />
          {dirty && (
            <DocumentDiff
              title={`${base.label} → draft`}
              name="The difference"
              before={base.body}
              after={body ?? editing.input}
              words={
                words ? <ChangeWords sentences={words} /> : <p className="text-ink-3">In words once the errors are put right; as lines under YAML already.</p>
              }
            />
          )}
        </div>
        <div className="order-first flex min-w-0 flex-col gap-3 xl:sticky xl:top-[calc(var(--bar)+12px)] xl:order-none">
          {problems.length > 0 && <ProblemsNote lines={problemLines(problems)} />}
          <MeasuredPanel settings={body} {...found} />
          {dirty && words && !isNew && words.length > 0 && (
            <Note>
              <b>{words.length === 1 ? "1 change" : `${words.length} changes`}</b> against {base.label}
              <ChangeWords sentences={words} />
            </Note>
          )}
        </div>
      </div>
      {!readOnly && <UnsavedGuard dirty={dirty && !saving.busy} kept={props.place !== null && (!editing.storageRefused || editing.kept.kind === "saved")} />}
      {body && (
        <SaveDialog
          open={saveOpen}
          onOpenChange={setSaveOpen}
          title={isNew ? `Save ${editing.name}` : `Save ${props.title} as ${props.next}`}
          saveLabel={`Save as ${props.next}`}
          busy={saving.busy}
          error={saving.message}
          onSave={(choice) => props.onSave({ name: editing.name, settings: body, choice, draft, done: editing.forget })}
        >
          {dirty && !isNew && words && <ChangeWords sentences={words} />}
        </SaveDialog>
      )}
    </>
  );
}

/** `Queue, Spans in memory: must be between …`; a server's may be of no field. */
function problemLines(problems: readonly Problem[]) {
  const fields = [...problemsByField(problems)].flatMap(([field, list]) =>
    list.map((problem) => {
      const title = sectionTitle(field.split(".")[0] as PipelineSection);
      return { text: `${title}, ${FIELD_WORDS[field].label}: ${problemInWords(field, problem)}`, ids: [fieldId(field)] };
    }),
  );
  const others = problems.filter((problem) => problemsByField([problem]).size === 0);
  return [...fields, ...others.map(({ path, message }) => ({ text: `${path}: ${message}`, ids: [] }))];
}
