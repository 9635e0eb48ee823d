"use client";

import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { Button } from "#components/ui/Button.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { type GroupDraft, GroupFields } from "./GroupFields.tsx";
import { GroupPreviewPanel } from "./GroupPreviewPanel.tsx";
import { parsePriority } from "./parsePriority.ts";
import { useGroupPreview } from "./useGroupPreview.ts";

export type GroupToSave = { name: string; selector: string; priority: number; description: string; confirmed: boolean };

type GroupEditorProps = {
  id?: string;
  isDefault?: boolean;
  initial: GroupDraft;
  saveLabel: string;
  busy: boolean;
  error: unknown;
  onSave: (group: GroupToSave) => void;
  onCancel: () => void;
};

/** The form of a group with what it would select beside it. A selector that matches nothing or everything is asked about before it is saved. */
export function GroupEditor({ id, isDefault = false, initial, saveLabel, busy, error, onSave, onCancel }: GroupEditorProps) {
  const [draft, setDraft] = useState(initial);
  const [asking, setAsking] = useState<string | null>(null);
  const state = useGroupPreview(draft, isDefault ? undefined : id);
  const priority = parsePriority(draft.priority);
  const failure = error === null || error === undefined ? null : describeError(error);
  const canSave = draft.name.trim() !== "" && priority !== null && (isDefault || state.problem === null);
  const save = (confirmed: boolean) => {
    if (priority === null) return;
    const { name, selector, description } = draft;
    onSave({ name, selector, priority, description, confirmed });
  };
  const submit = () => {
    const question = isDefault || state.data === null ? null : selectorQuestion(state.data);
    if (question === null) save(false);
    else setAsking(question);
  };
  return (
    <form
      className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 lg:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSave && !busy) submit();
      }}
    >
      <Panel title={isDefault ? "The default group" : "Group"}>
        <GroupFields draft={draft} onChange={setDraft} isDefault={isDefault} selectorProblem={state.problem} problems={failure?.problems ?? []} />
        {failure && failure.problems.length === 0 && (
          <Note tone="bad" role="alert" className="mt-3">
            Nothing was saved. {failure.message}
          </Note>
        )}
        <div className="mt-4 flex flex-wrap justify-end gap-2">
          <Button variant="ghost" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!canSave}>
            {saveLabel}
          </Button>
        </div>
      </Panel>
      {!isDefault && <GroupPreviewPanel state={state} />}
      <ConfirmDialog
        open={asking !== null}
        onOpenChange={(open) => !open && setAsking(null)}
        title="Is that meant?"
        description={asking}
        confirmLabel={saveLabel}
        busy={busy}
        onConfirm={() => {
          setAsking(null);
          save(true);
        }}
      />
    </form>
  );
}

function selectorQuestion({ matched, total }: { matched: number; total: number }): string | null {
  if (total === 0) return null;
  if (matched === 0) return `The selector matches none of the ${formatCount(total)} collectors. The group stays empty until one with such labels connects.`;
  return matched === total ? `The selector matches all ${formatCount(total)} collectors.` : null;
}
