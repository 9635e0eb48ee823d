"use client";

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { SeriesStore, SeriesView } from "../data/seriesStore.ts";
import { type CursorStore, createCursorStore } from "./cursorStore.ts";
import { createFrameQueue, type FrameQueue } from "./frameQueue.ts";

/** A marked moment. With a tone it has a shape besides its word, and stands together with others like it where they fall close; the detail says it all. */
export type Marker = { atMs: number; label: string; tone?: MarkerTone; detail?: string };
export type MarkerTone = "bad" | "warn" | "done" | "neutral";
type Board = { series: SeriesStore; paused: SeriesView | null; cursor: CursorStore; frames: FrameQueue; markers: readonly Marker[]; asTables: boolean };

const BoardContext = createContext<Board | null>(null);

type LiveBoardProps = {
  series: SeriesStore /** While set, all panels show this instead of what comes in. */;
  paused: SeriesView | null;
  markers: readonly Marker[];
  asTables: boolean;
  children: ReactNode;
};

/** What the charts of a page share: the data, the moment pointed at, the order of drawing, and the marked moments. */
export function LiveBoard({ series, paused, markers, asTables, children }: LiveBoardProps) {
  const [shared] = useState(() => ({ cursor: createCursorStore(), frames: createFrameQueue((run) => requestAnimationFrame(run)) }));
  const board = useMemo(() => ({ series, paused, markers, asTables, ...shared }), [series, paused, markers, asTables, shared]);
  return <BoardContext value={board}>{children}</BoardContext>;
}

export function useBoard(): Board {
  const board = useContext(BoardContext);
  if (board === null) throw new Error("a live panel needs a LiveBoard above it");
  return board;
}

/** The view a panel draws: follows the series in the panel's turn while it is on screen, stands still otherwise. */
export function usePanelView(id: string, onScreen: boolean): SeriesView {
  const { series, paused, frames } = useBoard();
  const [view, setView] = useState<SeriesView>(() => series.view());
  useEffect(() => {
    if (!onScreen || paused !== null) return;
    const update = () => frames.add(id, () => setView(series.view()));
    update();
    const stop = series.subscribe(update);
    return () => {
      stop();
      frames.remove(id);
    };
  }, [series, paused, frames, id, onScreen]);
  return paused ?? view;
}
