"use client";

import { type ReactNode, useMemo, useState } from "react";
import type { MergeChoices, Merged } from "#domain/merge/mergeValue.ts";
import { ConflictDialog, type SavedMeanwhile } from "./ConflictDialog.tsx";

type MergingConflictProps<Body> = {
  conflict: SavedMeanwhile<Body> & { sent: Body };
  base: { version: number; body: Body };
  merge: (base: Body, theirs: Body, mine: Body, choices: MergeChoices) => Merged<Body>;
  /** What differs from one to the other. */
  words: (before: Body, after: Body) => ReactNode;
  /** A body for reading, where it isn't fit to be shown as it is. */
  shown?: (body: Body) => unknown;
  onMerged: (body: Body) => void;
  onOnTop: () => void;
  onCopy: () => void;
  onDiscard: () => void;
  onClose: () => void;
};

/** Two edited the same document: their change, both together, and what is to be decided for that. `merge` must stay the same function. */
export function MergingConflict<Body>({ conflict, base, merge, words, shown = (body) => body, onMerged, ...ways }: MergingConflictProps<Body>) {
  const { body: theirs, sent: mine } = conflict;
  const [choices, setChoices] = useState<MergeChoices>({});
  const { body, conflicts, problems } = useMemo(() => merge(base.body, theirs, mine, choices), [merge, base.body, theirs, mine, choices]);
  const view = {
    ...{ conflicts, choices, problems },
    choose: (id: string, side: "theirs" | "mine") => setChoices((current) => ({ ...current, [id]: side })),
    result: body && words(theirs, body),
    onMerge: () => body && onMerged(body),
  };
  return (
    <ConflictDialog
      conflict={conflict}
      baseVersion={base.version}
      baseBody={shown(base.body)}
      theirBody={shown(theirs)}
      theirWords={words(base.body, theirs)}
      merge={view}
      {...ways}
    />
  );
}
