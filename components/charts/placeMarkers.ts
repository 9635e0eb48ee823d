import type { Marker } from "./liveBoard.tsx";

const LABEL_PX_PER_LETTER = 6;
const LABEL_GAP_PX = 10;

/** Where each marked moment stands, and on which side its label: the newest keep theirs, older ones lose it where it would overlap. */
export function placeMarkers(markers: readonly Marker[], chart: { fromMs: number; toMs: number }, xOf: (atMs: number) => number, width: number) {
  let free = Number.POSITIVE_INFINITY;
  return markers
    .filter((marker) => marker.atMs > chart.fromMs && marker.atMs <= chart.toMs)
    .sort((a, b) => b.atMs - a.atMs)
    .map((marker) => {
      const x = Math.round(xOf(marker.atMs)) + 0.5;
      const room = marker.label.length * LABEL_PX_PER_LETTER + LABEL_GAP_PX;
      const right = Math.min(width, free);
      let label: "start" | "end" | null = null;
      if (x + room <= right) label = "start";
      else if (free === Number.POSITIVE_INFINITY && x - room >= 0) label = "end";
      free = Math.min(free, label === "end" ? x - room : x - LABEL_GAP_PX / 2);
      return { marker, x, label };
    });
}
