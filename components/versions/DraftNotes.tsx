import { formatAge } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";

/** What the browser did with a draft: one from before is back, or it can't be kept. */
export function DraftNotes({ editing, dirty }: { editing: { restoredAtMs: number | null; storageRefused: boolean; discard: () => void }; dirty: boolean }) {
  return (
    <>
      {editing.restoredAtMs !== null && dirty && (
        <Note
          className="mb-3"
          role="status"
          action={
            <Button size="small" onClick={editing.discard}>
              Discard it
            </Button>
          }
        >
          <b>Your draft of {formatAge(Date.now() - editing.restoredAtMs)} ago is back.</b> It had been kept in this browser.
        </Note>
      )}
      {editing.storageRefused && (
        <Note tone="warn" className="mb-3" role="status">
          This browser keeps no drafts now (its storage is full or forbidden). Save before you close the tab.
        </Note>
      )}
    </>
  );
}
