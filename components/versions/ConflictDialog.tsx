"use client";

import type { ReactNode } from "react";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { Note } from "#components/ui/Note.tsx";
import type { MergeChoices, MergeConflict, MergeSide } from "#domain/merge/mergeValue.ts";
import type { Problem } from "#domain/validation/problems.ts";
import { MergeChoicesList } from "./MergeChoicesList.tsx";
import { YamlDiff } from "./YamlDiff.tsx";

/** What the server says when somebody else saved first. */
export type SavedMeanwhile<Body> = { currentVersion: number; authorName: string; createdAtMs: number; body: Body };

export type MergeView = {
  conflicts: readonly MergeConflict[];
  choices: MergeChoices;
  choose: (id: string, side: MergeSide) => void;
  /** Why the two can't stand together as chosen; empty when they can. */
  problems: readonly Problem[];
  /** What the merged document changes of theirs, in words; null while it can't be. */
  result: ReactNode;
  onMerge: () => void;
};

type ConflictDialogProps<Body> = {
  conflict: SavedMeanwhile<Body>;
  baseVersion: number;
  /** Both for reading. */
  baseBody: unknown;
  theirBody: unknown;
  theirWords: ReactNode;
  merge: MergeView;
  onOnTop: () => void;
  onCopy: () => void;
  onDiscard: () => void;
  onClose: () => void;
};

/** Nothing was overwritten: shows what the other editor changed and lets this one choose how to go on. */
export function ConflictDialog<Body>({
  conflict,
  baseVersion,
  baseBody,
  theirBody,
  theirWords,
  merge,
  onOnTop,
  onCopy,
  onDiscard,
  onClose,
}: ConflictDialogProps<Body>) {
  const theirs = `v${conflict.currentVersion}`;
  return (
    <Dialog
      open
      size="wide"
      onOpenChange={(open) => !open && onClose()}
      title={`${conflict.authorName} saved ${theirs} while you were editing v${baseVersion}`}
      description={`Saved ${formatDate(conflict.createdAtMs)}. Your draft was not saved, and nothing was overwritten.`}
      footer={
        <>
          <Button variant="danger" onClick={onDiscard}>
            Discard mine, open {theirs}
          </Button>
          <Button onClick={onCopy}>Save mine as a new document…</Button>
          <Button onClick={onOnTop}>Keep editing on top of {theirs}</Button>
          <Button variant="primary" disabled={merge.problems.length > 0} onClick={merge.onMerge}>
            Continue with both
          </Button>
        </>
      }
    >
      <h3 className="mb-1 font-semibold">
        What {conflict.authorName} changed: v{baseVersion} → {theirs}
      </h3>
      <div className="mb-3">{theirWords}</div>
      <Merging merge={merge} theirs={`${conflict.authorName}’s`} next={`v${conflict.currentVersion + 1}`} version={theirs} />
      <details className="mt-3">
        <summary className="rounded-chip text-ink-2">
          {theirs} against v{baseVersion}, as YAML
        </summary>
        <div className="mt-2">
          <YamlDiff before={baseBody} after={theirBody} />
        </div>
      </details>
      <p className="mt-3 text-ink-2">
        On top of {theirs} means: your draft stays as it is, is compared with {theirs}, and is saved as v{conflict.currentVersion + 1}. Take over from theirs
        what you want to keep before you save.
      </p>
    </Dialog>
  );
}

function Merging({ merge, theirs, version, next }: { merge: MergeView; theirs: string; version: string; next: string }) {
  const { conflicts, choices, choose, problems, result } = merge;
  return (
    <>
      <h3 className="mb-1 font-semibold">{conflicts.length === 0 ? "Both changes go together" : `Changed by both: ${conflicts.length}`}</h3>
      {conflicts.length > 0 && <MergeChoicesList conflicts={conflicts} choices={choices} theirs={theirs} onChoose={choose} />}
      {problems.length > 0 ? (
        <Note tone="bad" role="alert" className="mt-2">
          <b>As chosen, the two can't stand together.</b> {problems.map(({ path, message }) => `${path}: ${message}`).join("; ")}
        </Note>
      ) : (
        <section aria-label="Both together" className="mt-3">
          <h3 className="mb-1 font-semibold">
            What {next} would change of {version}
          </h3>
          {result}
        </section>
      )}
    </>
  );
}

/** Reads the server's conflict; undefined when it is of another shape. */
export function readConflict<Body>(value: unknown, readBody: (body: unknown) => Body | undefined): SavedMeanwhile<Body> | undefined {
  if (
    typeof value !== "object" ||
    value === null ||
    !("currentVersion" in value) ||
    !("authorName" in value) ||
    !("createdAtMs" in value) ||
    !("body" in value)
  )
    return undefined;
  const { currentVersion, authorName, createdAtMs } = value;
  const body = readBody(value.body);
  if (typeof currentVersion !== "number" || typeof authorName !== "string" || typeof createdAtMs !== "number" || body === undefined) return undefined;
  return { currentVersion, authorName, createdAtMs, body };
}
