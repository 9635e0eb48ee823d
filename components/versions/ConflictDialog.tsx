"use client";

import type { ReactNode } from "react";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { YamlDiff } from "./YamlDiff.tsx";

/** What the server says when somebody else saved first. */
export type SavedMeanwhile<Body> = { currentVersion: number; authorName: string; createdAtMs: number; body: Body };

type ConflictDialogProps<Body> = {
  conflict: SavedMeanwhile<Body>;
  baseVersion: number;
  baseBody: unknown;
  /** Their body for reading, where the body itself isn't fit to be shown. */
  shownBody?: unknown;
  /** Their change in words; without it only the lines are shown. */
  theirWords?: ReactNode;
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
  shownBody,
  theirWords,
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
          <Button variant="primary" onClick={onOnTop}>
            Keep editing on top of {theirs}
          </Button>
        </>
      }
    >
      <h3 className="mb-1 font-semibold">
        What {conflict.authorName} changed: v{baseVersion} → {theirs}
      </h3>
      {theirWords !== undefined && <div className="mb-3">{theirWords}</div>}
      <YamlDiff before={baseBody} after={shownBody ?? conflict.body} />
      <p className="mt-3 text-ink-2">
        On top of {theirs} means: your draft stays as it is, is compared with {theirs}, and is saved as v{conflict.currentVersion + 1}. Take over from theirs
        what you want to keep before you save.
      </p>
    </Dialog>
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
