"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { toast } from "#components/ui/toast.ts";
import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { Parsed } from "#domain/validation/problems.ts";
import type { Drafts } from "./draftsOf.ts";
import type { DraftPlace, FoundDraft } from "./foundDraft.ts";
import { recordEdit, redo, startHistory, undo } from "./undoHistory.ts";
import { useDraftStore } from "./useDraftStore.ts";
import { useServerDraft } from "./useServerDraft.ts";

const KEEP_AFTER_MS = 250;

type Options<Draft, Body> = {
  drafts: Drafts<Draft>;
  /** Null where nothing is edited. */
  place: DraftPlace | null;
  /** What the server has; only what stands on the same version is gone on with. */
  found: FoundDraft;
  base: Body;
  /** Suggested for a document that doesn't exist yet; null when it has one. */
  name: string | null;
  /** Work carried over from another base; goes before what is stored. */
  initial?: Draft | null;
  toDraft: (body: Body) => Draft;
  /** What would be saved, not checked. */
  toInput: (draft: Draft) => unknown;
  check: (input: unknown) => Parsed<Body>;
};

/**
 * The draft of one document on one version: edits with undo, checked by the domain's schema, kept at the server until it is saved or discarded. What the
 * server has not taken yet is kept in this browser.
 */
export function useDraft<Draft, Body>({ drafts, place, found, base, name: baseName, initial, toDraft, toInput, check }: Options<Draft, Body>) {
  const store = useDraftStore();
  const storageKey = place && drafts.draftKey(place.key, place.baseVersion);
  const [{ stored, unreadableAtMs, foundAtMs }] = useState(() => {
    const here = storageKey === null ? null : drafts.readDraft(store, storageKey);
    if (place === null || found === null || found.baseVersion !== place.baseVersion) return { stored: here, unreadableAtMs: null, foundAtMs: null };
    const there = drafts.readBody(found.body);
    const newer =
      there !== null && (here === null || found.savedAtMs >= here.savedAtMs) ? { draft: there, name: found.name, savedAtMs: found.savedAtMs } : here;
    return { stored: newer, unreadableAtMs: there === null ? found.savedAtMs : null, foundAtMs: there === null ? null : found.savedAtMs };
  });
  const [history, setHistory] = useState(() => startHistory(initial ?? stored?.draft ?? toDraft(base)));
  const [name, setName] = useState(stored?.name ?? baseName);
  const [restoredAtMs, setRestoredAtMs] = useState(initial ? null : (stored?.savedAtMs ?? null));
  const [storageRefused, setStorageRefused] = useState(false);
  const draft = history.present;

  const input = useMemo(() => toInput(draft), [draft, toInput]);
  const parsed = useMemo(() => check(input), [input, check]);
  // What the schema fills in is no difference: an empty field means the default.
  const dirty = useMemo(
    () => canonicalJson(parsed.ok ? parsed.value : input) !== canonicalJson(base) || (baseName !== null && name !== baseName),
    [parsed, input, base, baseName, name],
  );

  /** What the server has taken: that needs no copy here. */
  const taken = useRef<{ name: string | null; body: unknown } | null>(foundAtMs !== null && stored?.savedAtMs === foundAtMs ? { name, body: draft } : null);
  const keep = useRef(() => {});
  keep.current = () => {
    if (storageKey === null) return;
    if (!dirty || (taken.current?.body === draft && taken.current.name === name)) return drafts.forgetDraft(store, storageKey);
    setStorageRefused(!drafts.writeDraft(store, storageKey, { draft, name, savedAtMs: Date.now() }));
  };
  const server = useServerDraft({
    place,
    foundAtMs,
    onSaved: (value) => {
      taken.current = value;
      keep.current();
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of these is what has to be kept
  useEffect(() => {
    const timer = setTimeout(() => keep.current(), KEEP_AFTER_MS);
    const known = taken.current;
    if (!dirty || known?.body !== draft || known.name !== name) server.set(dirty ? { name, body: draft } : null);
    return () => clearTimeout(timer);
  }, [draft, name, dirty, storageKey]);
  useEffect(() => {
    const flush = () => keep.current();
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, []);

  /** `key` joins edits of one field into one undo step. */
  const edit = useCallback((change: (draft: Draft) => Draft, key?: string) => {
    setRestoredAtMs(null);
    setHistory((current) => recordEdit(current, change(current.present), key ?? null));
  }, []);
  const takeBack = useCallback(() => setHistory(undo), []);
  const bringBack = useCallback(() => setHistory(redo), []);

  return {
    draft,
    input,
    name,
    setName,
    /** The problems that keep it from being saved. */
    problems: parsed.ok ? [] : parsed.problems,
    /** The checked body; null while there are problems. */
    body: parsed.ok ? parsed.value : null,
    dirty,
    restoredAtMs,
    /** When a draft was saved that this version can't read; it stays at the server until something else is typed. */
    unreadableAtMs,
    /** Where the newest state of the draft is. */
    kept: server.state,
    otherTabAtMs: server.otherTabAtMs,
    storageRefused,
    /** Goes on with the draft from before. */
    goOn: useCallback(() => setRestoredAtMs(null), []),
    edit,
    undo: takeBack,
    redo: bringBack,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    /** Starts over from the version; can be undone. */
    discard() {
      edit(() => toDraft(base));
      if (baseName !== null) setName(baseName);
      toast.ok("The draft is discarded.", {
        action: {
          label: "Undo",
          onClick: () => {
            takeBack();
            setName(name);
          },
        },
      });
    },
    /** The draft has become a version: nothing of it needs to be kept here. */
    forget() {
      keep.current = () => {};
      server.end();
      if (storageKey !== null) drafts.forgetDraft(store, storageKey);
    },
  };
}
