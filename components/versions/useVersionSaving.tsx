"use client";

import type { UseMutationResult } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { toast } from "#components/ui/toast.ts";
import { readConflict, type SavedMeanwhile } from "./ConflictDialog.tsx";
import { NewerVersionNote } from "./NewerVersionNote.tsx";
import type { SaveChoice } from "./SaveDialog.tsx";
import { useAskedApply } from "./useAskedApply.ts";

type Base<Body, Draft> = { version: number; body: Body; draft: Draft | null };
type Sent<Send> = { id: string; baseVersion: number; body: Send; message?: string | undefined };

type Parts<Body, Draft, Send, Failure> = {
  document: { id: string; name: string; currentVersion: number; body: Body };
  save: UseMutationResult<{ version: number }, Failure, Sent<Send>>;
  /** The body of the version that somebody else saved, as the server tells it; undefined when it can't be read. */
  readBody: (body: unknown) => Body | undefined;
  /** What was sent, as the server shows it from now on. */
  shown: (sent: Send) => Body;
  /** "run" or "use". */
  verb: string;
  /** An older version that the person's draft stands on. */
  start?: { version: number; body: Body } | null;
  /** The editor turns to another version: what was kept for the one given up can go. */
  left?: (base: Base<Body, Draft>) => void;
};

/** The way of an edited document to its next version: which one it stands on, saving, what somebody saved meanwhile, and what is about to be applied. */
export function useVersionSaving<Body, Draft, Send, Failure>({ document, save, readBody, shown, verb, start, left }: Parts<Body, Draft, Send, Failure>) {
  const { id, name, currentVersion } = document;
  const [base, setBase] = useState<Base<Body, Draft>>({ version: currentVersion, body: document.body, ...start, draft: null });
  const [conflict, setConflict] = useState<SavedMeanwhile<Body> & { draft: Draft; sent: Send }>();
  const [applying, setApplying] = useAskedApply(currentVersion);
  const failure = save.isError ? describeError(save.error) : null;

  const saved = (body: Send, { choice, draft, done }: { choice: SaveChoice; draft: Draft; done?: () => void }) =>
    save.mutate(
      { id, baseVersion: base.version, body, message: choice.message || undefined },
      {
        onSuccess: ({ version }) => {
          done?.();
          setBase({ version, body: shown(body), draft: null });
          if (choice.apply) setApplying(version);
          else
            toast.ok(`Saved ${name} v${version}. Collectors ${verb} it once it is applied.`, {
              action: { label: "Apply…", onClick: () => setApplying(version) },
            });
        },
        onError: (error) => {
          const theirs = readConflict(describeError(error).conflict, readBody);
          if (theirs) setConflict({ ...theirs, draft, sent: body });
        },
      },
    );
  const moveTo = (next: Base<Body, Draft>) => {
    left?.(base);
    setConflict(undefined);
    save.reset();
    setBase(next);
  };
  const theirs = (kept: Draft | null) => conflict && moveTo({ version: conflict.currentVersion, body: conflict.body, draft: kept });

  return {
    base,
    saved,
    saving: { busy: save.isPending, message: failure && failure.code !== "CONFLICT" ? failure.message : null, problems: failure?.problems ?? [] },
    onEdited: () => save.isError && save.reset(),
    conflict,
    /** Goes on from their version with a draft in which both changes are. */
    goOnWith: (draft: Draft) => theirs(draft),
    conflictChoices: {
      onOnTop: () => theirs(conflict?.draft ?? null),
      onDiscard: () => theirs(null),
      onClose: () => setConflict(undefined),
    },
    applying,
    setApplying,
    notice: currentVersion > base.version && !save.isPending && (
      <NewerVersionNote newer={currentVersion} base={base.version} onOpen={() => moveTo({ version: currentVersion, body: document.body, draft: null })} />
    ),
  };
}
