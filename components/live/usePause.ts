"use client";

import { useCallback, useEffect, useState } from "react";
import type { SeriesStore, SeriesView } from "../data/seriesStore.ts";
import { isTyping } from "../ui/isTyping.ts";

/** Holds what is shown; what comes in meanwhile goes on being collected. The space key does the same, except where it belongs to a control. */
export function usePause(store: SeriesStore): { paused: SeriesView | null; toggle: () => void } {
  const [held, setHeld] = useState<{ store: SeriesStore; view: SeriesView } | null>(null);
  const toggle = useCallback(() => setHeld((before) => (before === null ? { store, view: store.view() } : null)), [store]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== " " || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (event.target instanceof Element && event.target.closest("button, a, [role=radio], [role=dialog]")) return;
      event.preventDefault();
      toggle();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [toggle]);
  // Another scope has other data: what was held of the one before is let go.
  return { paused: held !== null && held.store === store ? held.view : null, toggle };
}
