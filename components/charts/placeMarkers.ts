import type { Marker, MarkerTone } from "./liveBoard.tsx";

const LABEL_PX_PER_LETTER = 6;
const LABEL_GAP_PX = 10;
const SHAPE_PX = 13;
/** Shapes nearer to each other than this are drawn as one. */
const GROUP_PX = 16;
const WORST_FIRST: readonly (MarkerTone | undefined)[] = ["bad", "warn", "neutral", "done", undefined];

export type PlacedMarker = { atMs: number; label: string; tone: MarkerTone | undefined; x: number; side: "start" | "end" | null };

/** Where each marked moment stands, and on which side its label. The newest choose first; a label that would run into another mark is left out. */
export function placeMarkers(
  markers: readonly Marker[],
  chart: { fromMs: number; toMs: number },
  xOf: (atMs: number) => number,
  width: number,
): PlacedMarker[] {
  let free = width;
  const groups = grouped(
    markers.filter((marker) => marker.atMs > chart.fromMs && marker.atMs <= chart.toMs).sort((a, b) => b.atMs - a.atMs),
    xOf,
  ).map((group) => ({ ...group, x: Math.round(xOf(group.atMs)) + 0.5 }));
  return groups.map(({ atMs, label, tone, x }, index) => {
    const room = label.length * LABEL_PX_PER_LETTER + LABEL_GAP_PX + (tone === undefined ? 0 : SHAPE_PX);
    const older = groups[index + 1];
    const leftEnd = older === undefined ? 0 : older.x + (older.tone === undefined ? 0 : SHAPE_PX / 2);
    const side = x + room <= free ? "start" : x <= free && x - room >= leftEnd ? "end" : null;
    free = Math.min(free, side === "end" ? x - room : x - LABEL_GAP_PX / 2);
    return { atMs, label, tone, x, side };
  });
}

/** Newest first. A group stands at its newest moment, under the word of the worst in it. */
function grouped(markers: readonly Marker[], xOf: (atMs: number) => number): Pick<PlacedMarker, "atMs" | "label" | "tone">[] {
  const groups: { first: Marker; worst: Marker; count: number }[] = [];
  let open: (typeof groups)[number] | null = null;
  for (const marker of markers) {
    if (marker.tone === undefined || open === null || xOf(open.first.atMs) - xOf(marker.atMs) >= GROUP_PX) {
      const group = { first: marker, worst: marker, count: 1 };
      groups.push(group);
      if (marker.tone !== undefined) open = group;
      continue;
    }
    open.count += 1;
    if (WORST_FIRST.indexOf(marker.tone) < WORST_FIRST.indexOf(open.worst.tone)) open.worst = marker;
  }
  return groups.map(({ first, worst, count }) => ({ atMs: first.atMs, tone: worst.tone, label: count === 1 ? worst.label : `${worst.label} +${count - 1}` }));
}
