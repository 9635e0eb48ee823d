"use client";

import { useEffect, useState } from "react";
import type { DraftPlace, FoundDraft } from "#components/versions/foundDraft.ts";
import { useServerDraft } from "#components/versions/useServerDraft.ts";
import type { DestinationDraft } from "./destinationDraft.ts";
import { toDestinationDraft, withoutSecrets } from "./keptDraft.ts";

/** What the server has of this form, if it fits; null when there is nothing to go on with. */
export function readFound(found: FoundDraft, baseVersion: number): { draft: DestinationDraft; name: string | null; savedAtMs: number } | null {
  const draft = found !== null && found.baseVersion === baseVersion ? toDestinationDraft(found.body) : null;
  return found === null || draft === null ? null : { draft, name: found.name, savedAtMs: found.savedAtMs };
}

type Options = { place: DraftPlace | null; found: FoundDraft; draft: DestinationDraft; name: string | null; dirty: boolean };

/** Keeps a destination's draft at the server, without what is secret in it; in this browser nothing of it is kept. */
export function useKeptDraft({ place, found, draft, name, dirty }: Options) {
  const [restored] = useState(() => (place === null ? null : readFound(found, place.baseVersion)));
  const [restoredAtMs, setRestoredAtMs] = useState(restored?.savedAtMs ?? null);
  const server = useServerDraft({ place, foundAtMs: restored?.savedAtMs ?? null, onSaved: () => {} });
  const { set } = server;
  const untouched = restored !== null && restored.draft === draft && restored.name === name;
  useEffect(() => {
    if (!untouched) set(dirty ? { name, body: withoutSecrets(draft) } : null);
  }, [untouched, dirty, name, draft, set]);
  const unreadableAtMs = found !== null && place !== null && found.baseVersion === place.baseVersion && restored === null ? found.savedAtMs : null;
  return {
    kept: server.state,
    otherTabAtMs: server.otherTabAtMs,
    restoredAtMs,
    unreadableAtMs,
    storageRefused: false,
    goOn: () => setRestoredAtMs(null),
    end: server.end,
  };
}
