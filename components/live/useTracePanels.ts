"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import type { SeriesStore } from "../data/seriesStore.ts";
import { showsTraceScope, TRACE_PANEL_IDS } from "./traceScope.ts";

/** Whether the panels about whole traces have their place: somebody decides whole traces, or the address names one of them. */
export function useTracePanels(store: SeriesStore): boolean {
  const shows = () => showsTraceScope(store.view());
  const inUse = useSyncExternalStore(store.subscribe, shows, shows);
  const [named, setNamed] = useState<string | null>(null);
  useEffect(() => {
    const look = () => {
      const id = window.location.hash.slice(1);
      setNamed(TRACE_PANEL_IDS.includes(id) ? id : null);
    };
    look();
    window.addEventListener("hashchange", look);
    return () => window.removeEventListener("hashchange", look);
  }, []);
  // The browser looked for the place before it was there.
  useEffect(() => {
    if (named !== null) document.getElementById(named)?.scrollIntoView();
  }, [named]);
  return inUse || named !== null;
}
