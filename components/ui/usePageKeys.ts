"use client";

import { useEffect, useRef } from "react";
import { isTyping } from "./isTyping.ts";

const JUMP_WINDOW_MS = 1200;

/** Calls what stands under the key that was pressed, unless somebody types, a dialog is open, or the key follows `g` and goes to another page. */
export function usePageKeys(keys: Readonly<Record<string, (() => void) | undefined>>): void {
  const jumpUntil = useRef(0);
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || document.querySelector("[role=dialog]")) return;
      const jumps = event.timeStamp < jumpUntil.current;
      jumpUntil.current = event.key === "g" ? event.timeStamp + JUMP_WINDOW_MS : 0;
      const act = jumps ? undefined : current.current[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}
