import { Note } from "#components/ui/Note.tsx";

/** Says why nothing can be changed here. */
export function ReadOnlyNote({ what = "this policy" }: { what?: string }) {
  return (
    <Note className="mb-3" role="status">
      <b>Read-only.</b> You may look at {what} as a viewer. Changing it needs the role editor; an admin gives it under Settings, People.
    </Note>
  );
}
