import type { Marker } from "./liveBoard.tsx";

const SHOWN_MAX = 4;
/** Arrow keys go five seconds at a time, so a mark is met by one of their steps at least. */
const NEAR_MS_MIN = 2_500;

/** What is marked around a moment, the nearest first, and how much more there is. */
export function markersNear(markers: readonly Marker[], atMs: number, nearMs: number): { shown: Marker[]; more: number } {
  const away = (marker: Marker) => Math.abs(marker.atMs - atMs);
  const near = markers.filter((marker) => away(marker) <= Math.max(NEAR_MS_MIN, nearMs)).sort((a, b) => away(a) - away(b));
  return { shown: near.slice(0, SHOWN_MAX), more: Math.max(0, near.length - SHOWN_MAX) };
}
