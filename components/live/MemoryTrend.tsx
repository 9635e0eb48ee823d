"use client";

import { useMemo, useRef } from "react";
import type { SeriesView } from "../data/seriesStore.ts";
import { newestPoint } from "../data/seriesStore.ts";
import { memoryTrend } from "./memoryTrendWords.ts";

/** A trend over a quarter of an hour does not change from one second to the next, and testing for it takes some milliseconds. */
const STEP_MS = 30_000;

export function MemoryTrend({ view }: { view: SeriesView }) {
  const current = useRef(view);
  current.current = view;
  const step = Math.floor((newestPoint(view)?.atMs ?? 0) / STEP_MS);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for anew every 30 seconds, not with every view
  const words = useMemo(() => memoryTrend(current.current), [step]);
  return words === "" ? null : ` · ${words}`;
}
