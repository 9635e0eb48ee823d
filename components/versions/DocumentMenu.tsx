"use client";

import { useMutation } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { Button } from "#components/ui/Button.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { DropdownMenu } from "#components/ui/DropdownMenu.tsx";
import { Note } from "#components/ui/Note.tsx";
import { toast } from "#components/ui/toast.ts";
import type { DraftPlace } from "./foundDraft.ts";
import { useDocumentProcedures } from "./useDocumentProcedures.ts";

type DocumentMenuProps = {
  kind: DraftPlace["kind"];
  document: { id: string; name: string; currentVersion: number; runningVersion: number | null };
  /** Where documents of this kind are: `/sampling`. */
  href: string;
};

/** What can be done with a document as a whole: copy it, put it away. */
export function DocumentMenu({ kind, document: { id, name, currentVersion, runningVersion }, href }: DocumentMenuProps) {
  const router = useRouter();
  const procedures = useDocumentProcedures(kind);
  const archive = useMutation(procedures.archive.mutationOptions());
  const restore = useMutation(procedures.restore.mutationOptions());
  const duplicate = useMutation(procedures.duplicate.mutationOptions());
  const [refused, setRefused] = useState<string | null>(null);
  const undo = (of: string, what: string) =>
    restore.mutate({ id: of }, { onSuccess: () => toast.ok(`${what} is back.`), onError: (error) => toast.error(describeError(error).message) });
  const copy = () =>
    duplicate.mutate(
      { id },
      {
        onSuccess: (made) => {
          toast.ok(`${made.name} v1 is a copy of ${name} v${made.ofVersion}.`);
          router.push(`${href}/${made.id}`);
        },
        onError: (error) => toast.error(describeError(error).message),
      },
    );
  const putAway = () =>
    archive.mutate(
      { id },
      {
        onSuccess: () => {
          toast.ok(`${name} is archived.`, { action: { label: "Undo", onClick: () => undo(id, name) } });
          router.push(href);
        },
        onError: (error) => setRefused(describeError(error).message),
      },
    );
  return (
    <>
      <DropdownMenu
        heading={`${name} v${currentVersion}`}
        items={[
          { label: "Duplicate", onSelect: copy, disabled: duplicate.isPending },
          { label: "Archive", hint: runningVersion === null ? undefined : "runs", onSelect: putAway, disabled: archive.isPending, separated: true },
        ]}
        trigger={<Button variant="ghost" size="icon" aria-label="More" icon={<Ellipsis aria-hidden />} />}
      />
      <ConfirmDialog
        open={refused !== null}
        onOpenChange={(open) => !open && setRefused(null)}
        title={`${name} stays where it is`}
        description={refused}
        confirmLabel="Open the fleet"
        cancelLabel="Close"
        onConfirm={() => router.push("/fleet")}
      />
    </>
  );
}

/** Above an archived document: it is to be looked at, and can be brought back. */
export function ArchivedNote({ kind, id, name, mayEdit }: { kind: DraftPlace["kind"]; id: string; name: string; mayEdit: boolean }) {
  const restore = useMutation(useDocumentProcedures(kind).restore.mutationOptions());
  const back = () =>
    restore.mutate({ id }, { onSuccess: () => toast.ok(`${name} is back in the list.`), onError: (error) => toast.error(describeError(error).message) });
  return (
    <Note
      tone="warn"
      role="status"
      className="mb-3"
      action={
        mayEdit && (
          <Button size="small" busy={restore.isPending} onClick={back}>
            Restore
          </Button>
        )
      }
    >
      <b>{name} is archived.</b> It stands in no list and can be neither changed nor applied; every version of it is still here.
    </Note>
  );
}
