"use client";

import { type ReactNode, useState } from "react";
import { useMay } from "#components/data/useMe.ts";
import type { Crumb } from "#components/shell/crumbs.tsx";
import { Button } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { toast } from "#components/ui/toast.ts";
import { ChangeWords } from "#components/versions/ChangeWords.tsx";
import { DocumentDiff } from "#components/versions/DocumentDiff.tsx";
import { DraftNotes, DraftSavedWords } from "#components/versions/DraftNotes.tsx";
import type { DraftPlace, FoundDraft } from "#components/versions/foundDraft.ts";
import { type SaveChoice, SaveDialog } from "#components/versions/SaveDialog.tsx";
import { UnsavedGuard } from "#components/versions/UnsavedGuard.tsx";
import type { Problem } from "#domain/validation/problems.ts";
import { CheckConnection } from "./CheckConnection.tsx";
import { DestinationForm } from "./DestinationForm.tsx";
import { describeDestinationChange } from "./describeDestinationChange.ts";
import { type DestinationDraft, destinationInput, destinationProblems, shownDestination } from "./destinationDraft.ts";
import type { DestinationBody, DestinationInput } from "./destinationTypes.ts";
import { hasSecrets } from "./keptDraft.ts";
import { readFound, useKeptDraft } from "./useKeptDraft.ts";

export type DestinationSave = { body: DestinationInput; choice: SaveChoice; draft: DestinationDraft; done: () => void };

type DestinationEditorProps = {
  id: string | undefined;
  title: string;
  crumbs: readonly Crumb[];
  base: { label: string; body: DestinationBody } | null;
  start: DestinationDraft;
  place: DraftPlace | null;
  found: FoundDraft;
  /** The name of one that doesn't exist yet, kept with its draft. */
  name?: string;
  /** The draft counts as unsaved work although it equals `start`: it was carried over. */
  carried?: boolean;
  next: string;
  readOnly: boolean;
  status: ReactNode;
  actions?: ReactNode;
  notices?: ReactNode;
  nameField?: ReactNode;
  nameProblem?: string | null;
  saving: { busy: boolean; message: string | null; problems: readonly Problem[] };
  onSave: (save: DestinationSave) => void;
  onEdited: () => void;
};

/** The form of one destination. Its draft is kept at the server without the header values that were typed, and in this browser not at all. */
export function DestinationEditor(props: DestinationEditorProps) {
  const { base, start, readOnly, saving } = props;
  const mayEdit = useMay("editor");
  const place = readOnly ? null : props.place;
  const [draft, setDraft] = useState(() => (props.carried || place === null ? null : readFound(props.found, place.baseVersion)?.draft) ?? start);
  const [saveOpen, setSaveOpen] = useState(false);
  const [touched, setTouched] = useState(false);
  const body = destinationInput(draft);
  const dirty = props.carried === true || JSON.stringify(body) !== JSON.stringify(destinationInput(start));
  const keeping = useKeptDraft({ place, found: props.found, draft, name: props.name ?? null, dirty });
  const here = destinationProblems(draft);
  const problems = here.length > 0 ? here : saving.problems.map((problem) => ({ ...problem, path: problem.path.replace(/^body\.?/, "") }));
  // An empty form isn't wrong before somebody has begun to fill it in.
  const shown = touched || base !== null ? problems : [];
  const problemAt = (path: string) => shown.find((problem) => problem.path === path)?.message;
  const isNew = base === null;
  const savable = here.length === 0 && !props.nameProblem && (dirty || isNew);
  const discard = () => {
    const before = draft;
    change(start);
    keeping.goOn();
    toast.ok("The draft is discarded.", { action: { label: "Undo", onClick: () => change(before) } });
  };
  const change = (next: DestinationDraft) => {
    props.onEdited();
    setTouched(true);
    setDraft(next);
  };

  return (
    <>
      <PageHead
        title={props.title}
        crumbs={props.crumbs}
        sub={
          <>
            {base === null ? "Not saved yet" : dirty && !readOnly ? `Draft on ${base.label}` : base.label}
            {dirty && !readOnly && <DraftSavedWords kept={keeping.kept} />}
            {dirty && !readOnly && keeping.kept.kind === "saved" && hasSecrets(draft) && " without its header values"} · {props.status}
          </>
        }
        actions={
          <>
            {props.actions}
            {!readOnly && dirty && !isNew && (
              <Button variant="ghost" onClick={discard}>
                Discard draft
              </Button>
            )}
            {!readOnly && (
              <Button
                variant="primary"
                disabled={!savable}
                onClick={() => {
                  setTouched(true);
                  setSaveOpen(true);
                }}
              >
                Save as {props.next}…
              </Button>
            )}
          </>
        }
      />
      {readOnly && !mayEdit && (
        <Note className="mb-3" role="status">
          <b>Read-only.</b> You may look at destinations as a viewer. Changing one needs the role editor; an admin gives it under Settings, People.
        </Note>
      )}
      {props.notices}
      <DraftNotes editing={{ ...keeping, discard }} dirty={dirty} />
      {props.nameField}
      <div className="flex flex-col gap-3">
        <Panel title="Where kept spans go">
          <DestinationForm draft={draft} problemAt={problemAt} readOnly={readOnly} onChange={change} />
          {draft.kind === "otlp" && !readOnly && (
            <div className="mt-4 border-t border-line pt-3">
              <CheckConnection id={props.id} body={body} disabled={here.length > 0} />
            </div>
          )}
        </Panel>
        {base !== null && dirty && !readOnly && (
          <DocumentDiff
            title={`${base.label} → draft`}
            name="The difference"
            before={shownDestination(base.body)}
            after={shownDestination(body)}
            words={<ChangeWords sentences={describeDestinationChange(base.body, body)} />}
          />
        )}
      </div>
      {!readOnly && <UnsavedGuard dirty={dirty && !saving.busy} kept={keeping.kept.kind === "saved" && !hasSecrets(draft)} />}
      <SaveDialog
        open={saveOpen}
        onOpenChange={setSaveOpen}
        title={`Save as ${props.next}`}
        saveLabel={`Save as ${props.next}`}
        busy={saving.busy}
        error={saving.message}
        onSave={(choice) => props.onSave({ body, choice, draft, done: keeping.end })}
      >
        {base !== null && <ChangeWords sentences={describeDestinationChange(base.body, body)} />}
      </SaveDialog>
    </>
  );
}
