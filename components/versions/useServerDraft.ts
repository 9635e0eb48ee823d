"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC, useTRPCClient } from "#components/data/trpc.ts";
import { useMe } from "#components/data/useMe.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { toast } from "#components/ui/toast.ts";
import { createDraftSync, type DraftPlaceState } from "./draftSync.ts";
import type { DraftPlace } from "./foundDraft.ts";

type Value = { name: string | null; body: unknown };

/** Tells the tabs of one person apart. */
const TAB = Math.random().toString(36).slice(2);
/** Editors that are open in this tab, by place; there is one for each. */
const open = new Map<string, { stop: (drop: boolean) => Promise<void> }>();

const placeKey = ({ kind, key }: Pick<DraftPlace, "kind" | "key">) => `${kind}/${key}`;

/** The editor at this place turns to something else, and what it had kept is not wanted any more. */
export async function giveUpDraft(place: Pick<DraftPlace, "kind" | "key">): Promise<void> {
  await open.get(placeKey(place))?.stop(true);
}

type Options = {
  place: DraftPlace | null;
  /** When the draft that the editor began with was saved; null when the server had none. */
  foundAtMs: number | null;
  /** The server has the draft exactly as it was given to `set`. */
  onSaved: (value: Value) => void;
};

/** Keeps a draft at the server, a moment after each change. */
export function useServerDraft({ place, foundAtMs, onSaved }: Options) {
  const client = useTRPCClient();
  const trpc = useTRPC();
  const queries = useQueryClient();
  const owner = useMe().data?.id;
  const [state, setState] = useState<DraftPlaceState>(foundAtMs === null ? { kind: "clean" } : { kind: "saved", atMs: foundAtMs });
  const [otherTabAtMs, setOtherTab] = useState<number | null>(null);
  const told = useRef(onSaved);
  told.current = onSaved;
  const sync = useRef<ReturnType<typeof createDraftSync<Value, Awaited<ReturnType<typeof client.drafts.save.mutate>>>>>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor stays at one place; another place is another editor
  useEffect(() => {
    if (place === null) return;
    let seenMs = foundAtMs ?? 0;
    const lists = () => void queries.invalidateQueries({ queryKey: trpc.drafts.list.queryKey() });
    const made = createDraftSync<Value, Awaited<ReturnType<typeof client.drafts.save.mutate>>>({
      save: (value) => client.drafts.save.mutate({ ...place, ...value, tab: TAB, owner }),
      discard: () => client.drafts.discard.mutate({ kind: place.kind, key: place.key }).then(lists),
      exists: foundAtMs !== null,
      onState: setState,
      onSaved: (saved, value) => {
        if (saved.otherTabAtMs !== null && saved.otherTabAtMs > seenMs) setOtherTab(saved.otherTabAtMs);
        seenMs = saved.savedAtMs;
        for (const gone of saved.letGo) toast.info(`Your draft ${gone.name ?? ""} of ${formatDate(gone.savedAtMs)} made room for this one.`);
        told.current(value);
        lists();
      },
      inWords: (error) => {
        const { code, message } = describeError(error);
        if (code === "UNAUTHENTICATED") void queries.invalidateQueries({ queryKey: trpc.session.me.queryKey() });
        return code === "NETWORK" ? "offline" : code === "UNAUTHENTICATED" ? "your session has ended" : message;
      },
      setTimer: (run, ms) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    });
    sync.current = made;
    open.set(placeKey(place), made);
    window.addEventListener("online", made.flush);
    window.addEventListener("pagehide", made.flush);
    return () => {
      made.flush();
      if (open.get(placeKey(place)) === made) open.delete(placeKey(place));
      window.removeEventListener("online", made.flush);
      window.removeEventListener("pagehide", made.flush);
    };
  }, []);

  return {
    state,
    otherTabAtMs,
    set: useCallback((value: Value | null) => sync.current?.set(value), []),
    /** The draft has become a version, which ended it; what is still on its way there goes too. */
    end: useCallback(() => void sync.current?.stop(true), []),
  };
}
