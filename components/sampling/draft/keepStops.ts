/** The slider's stops in per cent: close together where sampling is decided (1 %), wide where it hardly matters. */
export const KEEP_STOPS: readonly number[] = [
  0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100,
];
export const KEEP_POSITION_MAX = KEEP_STOPS.length - 1;

/** Where the slider stands for a ratio; between two stops it is in proportion. Out of range goes to the nearer end. */
export function positionOfRatio(ratio: number): number {
  const percent = ratio * 100;
  if (!(percent > 0)) return 0;
  if (percent >= 100) return KEEP_POSITION_MAX;
  // 0.01 * 100 and the like are off by a rounding error; a stop must find itself.
  const above = KEEP_STOPS.findIndex((stop) => stop >= percent - 1e-9);
  if (Math.abs(KEEP_STOPS[above] - percent) < 1e-9) return above;
  const below = KEEP_STOPS[above - 1];
  return above - 1 + (percent - below) / (KEEP_STOPS[above] - below);
}

/** The stop at a position, as the text of the exact field. */
export function percentAtPosition(position: number): string {
  const index = Math.min(KEEP_POSITION_MAX, Math.max(0, Math.round(position)));
  return String(KEEP_STOPS[index]);
}
