"use client";

import { useMay } from "#components/data/useMe.ts";
import { Note } from "#components/ui/Note.tsx";

/** Tells who may not change anything why; nothing to others, for whom the page says what else keeps them from it. */
export function ReadOnlyNote({ what = "this policy" }: { what?: string }) {
  if (useMay("editor")) return null;
  return (
    <Note className="mb-3" role="status">
      <b>Read-only.</b> You may look at {what} as a viewer. Changing it needs the role editor; an admin gives it under Settings, People.
    </Note>
  );
}
