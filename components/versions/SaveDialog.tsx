"use client";

import { type ReactNode, useState } from "react";
import { Button } from "#components/ui/Button.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";

export type SaveChoice = { message: string; apply: boolean };

type SaveDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  saveLabel: string;
  /** Above the message: what will be in the version. */
  children?: ReactNode;
  busy: boolean;
  error: string | null;
  onSave: (choice: SaveChoice) => void;
};

const MESSAGE_MAX = 500;

/** A version can't be changed later, so it gets a word about why it is there. */
export function SaveDialog({ open, onOpenChange, title, saveLabel, children, busy, error, onSave }: SaveDialogProps) {
  const [message, setMessage] = useState("");
  const [applying, setApplying] = useState(false);
  const save = (apply: boolean) => {
    setApplying(apply);
    onSave({ message: message.trim(), apply });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      footer={
        <>
          <Button variant="ghost" onClick={() => onOpenChange(false)}>
            Cancel
          </Button>
          <Button busy={busy && !applying} disabled={busy} onClick={() => save(false)}>
            {saveLabel}
          </Button>
          <Button variant="primary" busy={busy && applying} disabled={busy} onClick={() => save(true)}>
            Save and apply…
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save(false);
        }}
      >
        {children}
        <Field label="Message" optional hint="Why this version is there; stands in the history.">
          {(control) => (
            <Input
              {...control}
              maxLength={MESSAGE_MAX}
              value={message}
              onChange={(event) => setMessage(event.target.value)}
              placeholder="Keep half of checkout"
            />
          )}
        </Field>
        {error !== null && (
          <Note tone="bad" role="alert">
            Not saved. {error}
          </Note>
        )}
      </form>
    </Dialog>
  );
}
