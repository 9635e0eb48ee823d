import { Button } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";

/** Somebody saved while this one was open; nothing of the draft changes until it is asked for. */
export function NewerVersionNote({ newer, base, onOpen }: { newer: number; base: number; onOpen: () => void }) {
  return (
    <Note
      tone="warn"
      role="status"
      className="mb-3"
      action={
        <Button size="small" onClick={onOpen}>
          Open v{newer}, without my changes
        </Button>
      }
    >
      <b>v{newer} was saved meanwhile.</b> You are still on v{base}; saving will show you both, and nothing is overwritten.
    </Note>
  );
}
