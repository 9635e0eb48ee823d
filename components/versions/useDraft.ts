"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { Parsed } from "#domain/validation/problems.ts";
import type { Drafts } from "./draftsOf.ts";
import { recordEdit, redo, startHistory, undo } from "./undoHistory.ts";

const KEEP_AFTER_MS = 250;

type Options<Draft, Body> = {
  drafts: Drafts<Draft>;
  storageKey: string | null;
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

/** The draft of one document on one version: edits with undo, checked by the domain's schema, kept in this browser until it is saved or discarded. */
export function useDraft<Draft, Body>({ drafts, storageKey, base, name: baseName, initial, toDraft, toInput, check }: Options<Draft, Body>) {
  const [stored] = useState(() => (storageKey === null ? null : drafts.readDraft(localStorage, storageKey)));
  const [history, setHistory] = useState(() => startHistory(initial ?? stored?.draft ?? toDraft(base)));
  const [name, setName] = useState(stored?.name ?? baseName);
  const [restoredAtMs, setRestoredAtMs] = useState(initial ? null : (stored?.savedAtMs ?? null));
  const [keptAtMs, setKeptAtMs] = useState<number | null>(stored?.savedAtMs ?? null);
  const [storageRefused, setStorageRefused] = useState(false);
  const draft = history.present;

  const input = useMemo(() => toInput(draft), [draft, toInput]);
  const parsed = useMemo(() => check(input), [input, check]);
  // What the schema fills in is no difference: an empty field means the default.
  const dirty = useMemo(
    () => canonicalJson(parsed.ok ? parsed.value : input) !== canonicalJson(base) || (baseName !== null && name !== baseName),
    [parsed, input, base, baseName, name],
  );

  const keep = useRef(() => {});
  keep.current = () => {
    if (storageKey === null) return;
    if (!dirty) {
      drafts.forgetDraft(localStorage, storageKey);
      setKeptAtMs(null);
      return;
    }
    const savedAtMs = Date.now();
    const done = drafts.writeDraft(localStorage, storageKey, { draft, name, savedAtMs });
    setStorageRefused(!done);
    if (done) setKeptAtMs(savedAtMs);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of these is what has to be kept
  useEffect(() => {
    const timer = setTimeout(() => keep.current(), KEEP_AFTER_MS);
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
    keptAtMs,
    storageRefused,
    edit,
    undo: takeBack,
    redo: bringBack,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    /** Starts over from the version; can be undone. */
    discard() {
      edit(() => toDraft(base));
      if (baseName !== null) setName(baseName);
    },
    /** The draft has become a version: nothing of it needs to be kept here. */
    forget() {
      keep.current = () => {};
      if (storageKey !== null) drafts.forgetDraft(localStorage, storageKey);
    },
  };
}
