"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { canonicalJson } from "#domain/fleet/configHash.ts";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { type Problem, parseOrProblems } from "#domain/validation/problems.ts";
import { type DraftPolicy, draftFromPolicy, policyInput } from "../draft/draftPolicy.ts";
import { forgetDraft, readDraft, writeDraft } from "../draft/draftStore.ts";
import { editPolicy, type PolicyEdit } from "../draft/editPolicy.ts";
import { recordEdit, redo, startHistory, undo } from "../draft/undoHistory.ts";

const KEEP_AFTER_MS = 250;

type Options = {
  storageKey: string | null;
  base: SamplingPolicy;
  /** Suggested for a policy that doesn't exist yet; null when it has one. */
  name: string | null;
  /** Work carried over from another base; goes before what is stored. */
  initial?: DraftPolicy | null;
};

/** The draft of one policy on one version: edits with undo, checked by the domain's schema, kept in this browser until it is saved or discarded. */
export function usePolicyDraft({ storageKey, base, name: baseName, initial }: Options) {
  const [stored] = useState(() => (storageKey === null ? null : readDraft(localStorage, storageKey)));
  const [history, setHistory] = useState(() => startHistory(initial ?? stored?.draft ?? draftFromPolicy(base)));
  const [name, setName] = useState(stored?.name ?? baseName);
  const [restoredAtMs, setRestoredAtMs] = useState(initial ? null : (stored?.savedAtMs ?? null));
  const [keptAtMs, setKeptAtMs] = useState<number | null>(stored?.savedAtMs ?? null);
  const [storageRefused, setStorageRefused] = useState(false);
  const [serverProblems, setServerProblems] = useState<Problem[]>([]);
  const draft = history.present;

  const parsed = useMemo(() => parseOrProblems(samplingPolicySchema, policyInput(draft)), [draft]);
  // What the schema fills in is no difference: an empty field means the default.
  const dirty = useMemo(
    () => canonicalJson(parsed.ok ? parsed.value : policyInput(draft)) !== canonicalJson(base) || (baseName !== null && name !== baseName),
    [parsed, draft, base, baseName, name],
  );

  const keep = useRef(() => {});
  keep.current = () => {
    if (storageKey === null) return;
    if (!dirty) {
      forgetDraft(localStorage, storageKey);
      setKeptAtMs(null);
      return;
    }
    const savedAtMs = Date.now();
    const done = writeDraft(localStorage, storageKey, { draft, name, savedAtMs });
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

  const edit = useCallback((change: PolicyEdit, key?: string) => {
    setServerProblems([]);
    setRestoredAtMs(null);
    setHistory((current) => recordEdit(current, editPolicy(current.present, change), key ?? null));
  }, []);
  const takeBack = useCallback(() => setHistory(undo), []);
  const bringBack = useCallback(() => setHistory(redo), []);

  return {
    draft,
    name,
    setName,
    /** The checked policy, or the problems that keep it from being saved. */
    parsed: parsed.ok && serverProblems.length > 0 ? { ok: false as const, problems: serverProblems } : parsed,
    /** The draft is well-formed by the schema here, whatever the server said last. */
    policy: parsed.ok ? parsed.value : null,
    dirty,
    restoredAtMs,
    keptAtMs,
    storageRefused,
    edit,
    undo: takeBack,
    redo: bringBack,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    setServerProblems,
    /** Starts over from the version; can be undone. */
    discard() {
      edit({ kind: "replace", draft: draftFromPolicy(base) });
      if (baseName !== null) setName(baseName);
    },
    /** The draft has become a version: nothing of it needs to be kept here. */
    forget() {
      keep.current = () => {};
      if (storageKey !== null) forgetDraft(localStorage, storageKey);
    },
  };
}
