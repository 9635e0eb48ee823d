"use client";

import { createContext, useContext } from "react";
import type { ConditionEdit, PolicyEdit } from "./draft/editPolicy.ts";
import type { ProblemsByPath } from "./draft/problemPlaces.ts";

type EditorContextValue = {
  readOnly: boolean;
  /** Decides which conditions there are and what they are called. */
  scope: "span" | "trace";
  problems: ProblemsByPath;
  /** `key` joins edits of one field into one undo step. */
  edit: (edit: PolicyEdit, key?: string) => void;
};

const EditorContext = createContext<EditorContextValue | null>(null);
export const EditorProvider = EditorContext.Provider;

export function useEditor(): EditorContextValue {
  const value = useContext(EditorContext);
  if (value === null) throw new Error("useEditor needs an EditorProvider above it");
  return value;
}

/** Edits of one tier's condition. */
export function useConditionEdit(tierId: number) {
  const { edit } = useEditor();
  return (conditionId: number, change: ConditionEdit, key?: string) => edit({ kind: "condition", tierId, conditionId, edit: change }, key);
}

export function useProblemsAt(path: string): readonly string[] {
  return useEditor().problems.get(path) ?? [];
}
