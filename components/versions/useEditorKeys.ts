"use client";

import { useEffect, useRef } from "react";
import { isTyping } from "#components/ui/isTyping.ts";

type EditorKeys = { undo: () => void; redo: () => void; save: () => void; addTier?: () => void };

/** ⌘Z, ⇧⌘Z (or ctrl-Y), ⌘S everywhere on the page; `a` outside of fields where there are tiers. A dialog keeps its keys. */
export function useEditorKeys(keys: EditorKeys, enabled: boolean): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    if (!enabled) return;
    const pressed = (event: KeyboardEvent) => {
      if (document.querySelector("[role=dialog],[role=alertdialog]")) return;
      const action = actionOf(event);
      const run = action && current.current[action];
      if (!run) return;
      event.preventDefault();
      run();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [enabled]);
}

function actionOf(event: KeyboardEvent): keyof EditorKeys | null {
  const command = event.metaKey || event.ctrlKey;
  const key = event.key.toLowerCase();
  if (command && !event.altKey) {
    if (key === "z") return event.shiftKey ? "redo" : "undo";
    if (key === "y" && event.ctrlKey) return "redo";
    if (key === "s" && !event.shiftKey) return "save";
    return null;
  }
  return key === "a" && !event.altKey && !isTyping(event.target) ? "addTier" : null;
}
