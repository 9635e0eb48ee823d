"use client";

import { formatDate } from "#components/format/formatDuration.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";
import type { DraftPlace } from "./foundDraft.ts";
import { useDrafts } from "./useDrafts.ts";

/** Documents that were begun and never saved: they stand in no list, so the way back to them stands here. */
export function NewDrafts({
  kind,
  href,
  asks = "from",
}: {
  kind: DraftPlace["kind"];
  href: string /** What the page for a new one is asked by. */;
  asks?: string;
}) {
  return useDrafts(kind)
    .filter(({ key }) => key.startsWith("new-"))
    .map(({ key, name, savedAtMs }) => (
      <Note
        key={key}
        className="mb-3"
        action={
          <ButtonLink size="small" href={`${href}/new?${asks}=${encodeURIComponent(key.slice("new-".length))}`}>
            Continue
          </ButtonLink>
        }
      >
        <b>{name?.trim() || "One without a name"} is not saved yet.</b> You began it; your draft is from {formatDate(savedAtMs)}.
      </Note>
    ));
}
