import { formatAge, formatClock, formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";
import type { DraftPlaceState } from "./draftSync.ts";

type Editing = {
  restoredAtMs: number | null;
  unreadableAtMs: number | null;
  otherTabAtMs: number | null;
  storageRefused: boolean;
  kept: DraftPlaceState;
  goOn: () => void;
  discard: () => void;
};

/** What became of a draft: one from before is back, another tab has one too, or it can't be kept. */
export function DraftNotes({ editing, dirty }: { editing: Editing; dirty: boolean }) {
  const { restoredAtMs, unreadableAtMs, otherTabAtMs } = editing;
  return (
    <>
      {restoredAtMs !== null && dirty && (
        <Note
          className="mb-3"
          role="status"
          action={
            <span className="flex gap-2">
              <Button size="small" onClick={editing.goOn}>
                Continue
              </Button>
              <Button size="small" variant="ghost" onClick={editing.discard}>
                Discard
              </Button>
            </span>
          }
        >
          <b>You have unsaved changes from {momentOf(restoredAtMs)}.</b> They are in the form below.
        </Note>
      )}
      {unreadableAtMs !== null && !dirty && (
        <Note tone="warn" className="mb-3" role="status">
          Your draft of {formatDate(unreadableAtMs)} can't be read by this version of Headgate. It is kept as it is until you change something here.
        </Note>
      )}
      {otherTabAtMs !== null && (
        <Note tone="warn" className="mb-3" role="status">
          <b>You edit this in another tab too</b>; it had saved its draft at {formatClock(otherTabAtMs)}. The tab that was typed in last wins, so go on in one
          of them.
        </Note>
      )}
      {editing.storageRefused && editing.kept.kind !== "saved" && (
        <Note tone="warn" className="mb-3" role="status">
          This browser keeps no drafts now (its storage is full or forbidden). Until the draft is saved at the server it is only in this tab.
        </Note>
      )}
    </>
  );
}

/** `12:03` of today, with its date and age when it is older. */
function momentOf(atMs: number): string {
  const age = Date.now() - atMs;
  return age < 12 * 3_600_000 ? formatClock(atMs) : `${formatDate(atMs)} (${formatAge(age)} ago)`;
}

/** For the line under the title: `draft saved 12:03`. */
export function DraftSavedWords({ kept }: { kept: DraftPlaceState }) {
  switch (kept.kind) {
    case "clean":
      return null;
    case "unsaved":
      return <span data-draft="unsaved"> · saving the draft…</span>;
    case "saved":
      return <span data-draft="saved"> · draft saved {formatClock(kept.atMs)}</span>;
    case "here":
      return (
        <span data-draft="here" role="status" className="text-warn">
          {" "}
          · draft not saved: {kept.why}; kept here
        </span>
      );
  }
}
